"""Every worked number of the theory notes (theory.md, sections 1 to 6 and 9 to 11) has its test.

The list says where; measured figures of those notes, which depend on machine and seeds, are tested
as behaviour. Not here, since there is nothing to count: sections 7 and 8 and what others have
measured (bits of other cells, times of fused training, best sizes of published searches). The notes
do not define the Fisher-Rao norm of Tu, He & Tao fully enough to compute it.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# section, statement, test
WORKED = (
    (
        "1",
        "layers of every kind, stacks, Sutskever's translator",
        "capacity/test_formulas.py",
        "test_worked_numbers",
    ),
    (
        "1",
        "the same through the text form, both biases",
        "architecture/test_architecture.py",
        "test_counts_of_theory_with_one_bias_and_with_two",
    ),
    (
        "1",
        "encoder and decoder, 26,979",
        "architecture/test_architecture.py",
        "test_encoder_and_decoder_of_theory",
    ),
    (
        "1",
        "384 M weights, 64 M recurrent, 83 % of them words",
        "capacity/test_counts.py",
        "test_most_of_a_translator_are_words",
    ),
    (
        "1",
        "closed form and quadratic in n",
        "capacity/test_formulas.py",
        "test_closed_forms_of_equal_layers",
    ),
    (
        "1",
        "8 n and 4 n weights per cell",
        "capacity/test_formulas.py",
        "test_weights_that_a_cell_costs",
    ),
    (
        "1",
        "projections of Sak et al.",
        "capacity/test_formulas.py",
        "test_second_projection_is_read_by_the_next_layer_alone",
    ),
    (
        "1",
        "sizes of Graves 2013",
        "capacity/test_formulas.py",
        "test_published_sizes_of_graves_2013",
    ),
    (
        "1",
        "sizes of Sak et al. 2014",
        "capacity/test_formulas.py",
        "test_published_sizes_of_sak_2014",
    ),
    (
        "1",
        "widths of 20,000 weights",
        "capacity/test_budget.py",
        "test_worked_widths_of_20000_weights",
    ),
    (
        "1",
        "24 n (i + n) operations of training",
        "capacity/test_case.py",
        "test_training_costs_six_operations_per_weight_of_a_matrix",
    ),
    (
        "1",
        "45.9 MB of activations, 16 bytes a weight",
        "capacity/test_counts.py",
        "test_activations_of_the_worked_example",
    ),
    ("1", "counts equal torch's", "capacity/test_formulas.py", "test_counts_are_those_of_torch"),
    ("2", "table by activation", "capacity/test_vc.py", "test_table_of_koiran_and_sontag"),
    (
        "2",
        "threshold row is 0 for k <= w",
        "capacity/test_vc.py",
        "test_threshold_networks_have_no_lower_limit_for_short_inputs",
    ),
    (
        "2",
        "Dasgupta and Sontag",
        "capacity/test_linear.py",
        "test_worked_numbers_of_dasgupta_and_sontag",
    ),
    (
        "2",
        "noise: w log(T / s)",
        "capacity/test_vc.py",
        "test_noise_replaces_the_length_by_its_logarithm",
    ),
    (
        "2.1",
        "degrees 3, 7, 15, 31, 63",
        "capacity/test_vc.py",
        "test_degrees_are_those_of_the_recursion",
    ),
    ("2.1", "4217.7, 16484.04, 66 595 308.8", "capacity/test_vc.py", "test_worked_upper_limits"),
    (
        "2.1",
        "ratio to w k tends to 2 log2 d",
        "capacity/test_vc.py",
        "test_upper_limits_agree_with_the_published_orders",
    ),
    ("2.1", "Blumer 1 123 579, needed 624.7", "capacity/test_samples.py", "test_worked_numbers"),
    (
        "2.1",
        "shattering by enumeration",
        "capacity/test_vc.py",
        "test_shattering_stays_below_the_explicit_limit",
    ),
    (
        "2.2",
        "pinned gates, difference 1.7e-16",
        "capacity/test_vc_cells.py",
        "test_layer_with_pinned_gates_is_a_standard_network",
    ),
    (
        "2.2",
        "32 w, reached at k = 32",
        "capacity/test_vc_cells.py",
        "test_exact_weights_matter_only_up_to_a_length",
    ),
    (
        "2.2",
        "2 to 60 weights from 10,000 sequences",
        "capacity/test_occam.py",
        "test_what_ten_thousand_sequences_allow",
    ),
    ("3.1", "gaps .084337, .059698, .033526", "capacity/test_occam.py", "test_worked_gaps"),
    ("3.1", "284513 and 44961 sequences", "capacity/test_occam.py", "test_worked_sample_sizes"),
    ("3.1", "8.9 to 5769.9 weights", "capacity/test_occam.py", "test_worked_numbers_of_weights"),
    ("3.2", "ln N and bounds of the unit example", "capacity/test_cover.py", "test_worked_bounds"),
    (
        "3.2",
        "bounds of torch's first weights",
        "capacity/test_cover.py",
        "test_worked_bounds_of_a_torch_network",
    ),
    (
        "3.2",
        "responses 1, 3.717201, 136888.247",
        "capacity/test_lipschitz.py",
        "test_worked_responses",
    ),
    (
        "3.2",
        "no random network moves further",
        "capacity/test_lipschitz.py",
        "test_no_random_network_moves_further",
    ),
    (
        "3.2",
        "price of measured norms",
        "capacity/test_norms.py",
        "test_prices_of_all_powers_share_the_failure_probability",
    ),
    (
        "3.2",
        "200 disjoint windows; blocks of a mixing series",
        "capacity/test_samples.py",
        "test_dependence_costs_confidence",
    ),
    ("4", "sums 9.95, 50, 1163.9", "capacity/test_chen.py", "test_worked_sums"),
    ("4", "score 1.832681", "capacity/test_chen.py", "test_worked_score"),
    (
        "4",
        "recursions on random LSTMs",
        "capacity/test_chen.py",
        "test_states_of_random_lstms_stay_within_the_reach",
    ),
    (
        "4",
        "recursions on random MGUs",
        "capacity/test_chen.py",
        "test_states_of_random_minimal_gated_units_stay_within_the_reach",
    ),
    ("4", "Zhang 505.96 and 59395.6", "capacity/test_published.py", "test_worked_orders_of_zhang"),
    ("4", "Lambda of Tu", "capacity/test_published.py", "test_worked_growth_of_tu"),
    ("5.1", "I(b) of 1000 labels", "capacity/test_bits.py", "test_worked_bits"),
    ("5.1", "320 and 96325 bits", "capacity/test_bits.py", "test_worked_bit_budgets"),
    (
        "5.1",
        "label bits of classes and numbers",
        "capacity/test_question.py",
        "test_label_bits_of_numbers_and_of_classes",
    ),
    (
        "5.1",
        "P = 341 and 681, 264 colliding pairs",
        "measure/test_bits.py",
        "test_worked_sizes_and_the_pairs_that_would_coincide",
    ),
    (
        "5.1",
        "1 to 6 bits per parameter (slow)",
        "measure/test_bits.py",
        "test_bits_per_parameter_lie_between_1_and_6_and_grow_with_the_weights",
    ),
    ("5.1", "one real number per cell", "measure/test_reals.py", "test_a_cell_stores_one_number"),
    (
        "5.2",
        "delay line: 1, 1, 1, 1, 1, sum 5",
        "measure/test_memory.py",
        "test_five_delays_give_back_five_inputs",
    ),
    (
        "5.3",
        "wave of width 5",
        "measure/test_echo.py",
        "test_the_sign_is_kept_for_the_width_of_the_wave",
    ),
    ("5.4", "widths 11 and 14", "capacity/test_rules.py", "test_worked_widths_for_universality"),
    (
        "6",
        "alpha 2 to 10 as written",
        "capacity/test_rules.py",
        "test_worked_numbers_of_the_rule_as_written",
    ),
    (
        "6",
        "844 895 weights",
        "capacity/test_rules.py",
        "test_rule_as_written_allows_more_weights_than_points",
    ),
    (
        "6",
        "90 cells, about 36,000 weights",
        "capacity/test_rules.py",
        "test_rule_as_written_at_its_other_end",
    ),
    (
        "6",
        "two readings",
        "capacity/test_rules.py",
        "test_two_readings_of_the_rule_differ_by_inputs_and_outputs",
    ),
    (
        "6",
        "by weights: 30/17/11, 18/11/7 and the roots",
        "capacity/test_rules.py",
        "test_worked_numbers_of_the_consistent_rule",
    ),
    (
        "6",
        "forget bias 1 and 2 as time constants",
        "diagnosis/test_gates.py",
        "test_a_forget_bias_is_a_time_constant",
    ),
    (
        "6",
        "chrono initialisation",
        "diagnosis/test_gates.py",
        "test_gates_started_as_chrono_does_keep_for_the_steps_asked",
    ),
    (
        "9.1",
        "zero-out widening",
        "layers/test_resize.py",
        "test_worked_growth_of_four_cells_to_seven",
    ),
    (
        "9.1",
        "a new layer that changes nothing",
        "layers/test_resize.py",
        "test_worked_growth_of_a_layer",
    ),
    (
        "9.2",
        "members together equal members alone",
        "training/test_cohort.py",
        "test_twelve_together_are_twelve_trained_alone",
    ),
    (
        "9.3",
        "table of rates",
        "layers/test_layout.py",
        "test_learning_rate_scales_with_what_a_weight_reads",
    ),
    (
        "9.3",
        "coordinate check, spread below 1.5",
        "training/test_rates_over_widths.py",
        "test_outputs_move_as_far_at_every_width",
    ),
    (
        "9.3",
        "the best rate stays",
        "training/test_rates_over_widths.py",
        "test_one_rate_serves_16_and_64_cells",
    ),
    (
        "9.3",
        "256 cells fail without the scales (slow)",
        "training/test_rates_over_widths.py",
        "test_one_rate_serves_256_cells_only_with_the_scales",
    ),
    ("9.4", "Hyperband 81, 3; 243", "search/test_batches.py", "test_worked_schedule_of_hyperband"),
    (
        "9.4",
        "the brackets in use",
        "search/test_batches.py",
        "test_brackets_are_halved_where_hyperband_halves_them",
    ),
    (
        "10",
        "ridge: 4.672207",
        "measure/test_freedom.py",
        "test_freedom_of_a_ridge_is_the_trace_of_its_hat_matrix",
    ),
    ("10", "MacKay: 1.5", "capacity/test_freedom.py", "test_worked_number_of_effective_parameters"),
    (
        "10",
        "error on new targets",
        "capacity/test_freedom.py",
        "test_expected_error_is_that_of_least_squares_on_new_targets",
    ),
    (
        "11",
        "corrected resampled t",
        "search/test_statistics.py",
        "test_corrected_resampled_t_is_that_of_nadeau_and_bengio",
    ),
    ("11", "plain t", "search/test_statistics.py", "test_without_overlap_it_is_the_plain_t_test"),
    (
        "11",
        "Wilcoxon",
        "search/test_statistics.py",
        "test_signed_ranks_agree_with_the_corrected_test",
    ),
    (
        "11",
        "one-standard-error rule",
        "search/test_choice.py",
        "test_worked_one_standard_error_rule",
    ),
    ("11", "Holm", "search/test_statistics.py", "test_worked_adjustment_of_holm"),
    ("11", "seeds needed", "search/test_statistics.py", "test_worked_numbers_of_runs"),
    (
        "11",
        "Diebold-Mariano with its factor",
        "search/test_statistics.py",
        "test_diebold_mariano_is_that_of_harvey_leybourne_newbold",
    ),
    ("11", "MASE .477273", "data/test_metrics.py", "test_by_hand"),
    ("11", "its scale, 1.571429", "data/test_standard.py", "test_worked_scale_of_mase"),
)
SECTIONS = (
    "1",
    "2",
    "2.1",
    "2.2",
    "3.1",
    "3.2",
    "4",
    "5.1",
    "5.2",
    "5.3",
    "5.4",
    "6",
    "9.1",
    "9.2",
)
SECTIONS += ("9.3", "9.4", "10", "11")


def functions_in(path):
    body = ast.parse((TESTS / path).read_text()).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_every_section_is_there():
    assert tuple(dict.fromkeys(section for section, *_ in WORKED)) == SECTIONS


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for *_, path, name in WORKED], ids=[row[-1] for row in WORKED]
)
def test_its_test_exists(path, name):
    assert name in functions_in(path)
