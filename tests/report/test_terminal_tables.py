from cellwise.report._terminal_tables import baseline_table, final_table, staircase_table


def test_a_row_for_each_record(use_network):
    assert baseline_table(use_network).row_count == len(use_network.baselines)
    assert staircase_table(use_network).row_count == len(use_network.candidates)
    assert final_table(use_network).row_count == len(use_network.finals) + 1  # and the benchmark


def test_no_records_no_tables(empty):
    assert baseline_table(empty) is None
    assert staircase_table(empty) is None
    assert final_table(empty) is None


def test_the_benchmark_is_bold(use_network):
    cells = list(baseline_table(use_network).columns[0].cells)
    assert [cell.style for cell in cells].count("bold") == 1
