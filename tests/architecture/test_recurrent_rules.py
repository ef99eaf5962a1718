import pytest

from cellwise.architecture import RecurrentLayer

LSTM = {"cell": "lstm", "hidden_size": 4}
GRU = {"cell": "gru", "hidden_size": 4}
RNN = {"cell": "rnn", "hidden_size": 4}
BOTH = {"bidirectional": True}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (GRU | {"peephole": True}, "peephole needs lstm, got gru: only an lstm has a cell state"),
        (RNN | {"coupled": True}, "coupled needs lstm, got rnn: only an lstm has an input gate"),
        (RNN | {"proj_size": 2}, "proj needs lstm, got rnn"),
        (LSTM | {"skip_size": 2}, "skip needs proj: it stands beside it"),
        (LSTM | {"reset_before": True}, "reset_before needs gru, got lstm"),
        (RNN | {"gate_activation": "relu"}, "gate_activation needs lstm or gru, got rnn"),
        (RNN | {"gate_depth": 2}, "deep_gates needs lstm or gru, got rnn"),
        (LSTM | {"shortcut": True}, "shortcut needs rnn with transition=2 or more, got lstm with"),
        (RNN | {"shortcut": True}, "got rnn with transition=1"),
        (
            LSTM | {"transition_depth": 2, "peephole": True},
            "transition=2 cannot be combined with peephole",
        ),
        (GRU | {"transition_depth": 3, "layer_norm": "full"}, "transition=3 cannot .* with ln"),
        (LSTM | {"gate_depth": 2, "layer_norm": "lean"}, "deep_gates cannot be combined with ln"),
        (LSTM | {"merge": "sum"}, "merge needs a layer of two directions, such as bilstm, got"),
        (LSTM | BOTH | {"stateful": True}, "stateful needs one direction"),
        (LSTM | BOTH | {"merge": "none", "residual": True}, "merge=none excludes residual"),
        (LSTM | {"residual": True, "highway": True}, "residual and highway exclude each other"),
        (LSTM | {"init_from_below": True, "stateful": True}, "a layer has one first state"),
    ],
)
def test_impossible_combination_is_refused_with_its_reason(fields, message):
    with pytest.raises(ValueError, match=message):
        RecurrentLayer(**fields)


def test_the_options_of_sak_senior_and_beaufays_go_together():
    RecurrentLayer(**LSTM, proj_size=2, skip_size=2, peephole=True)
