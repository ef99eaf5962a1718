from cellwise.architecture import Architecture
from cellwise.search._layer_options import like, with_values


def parse(text):
    return Architecture.parse(text)


def test_every_layer_gets_the_option_and_keeps_the_others():
    found = with_values(parse("lstm(4, to_output) > lstm(2)"), "activation", ["tanh", "relu"])
    assert found == {
        "tanh": parse("lstm(4, to_output) > lstm(2)"),
        "relu": parse("lstm(4, to_output, activation=relu) > lstm(2, activation=relu)"),
    }


def test_what_a_cell_cannot_have_is_left_out():
    assert with_values(parse("rnn(4)"), "gate_activation", ["hard_sigmoid"]) == {}
    assert len(with_values(parse("gru(4)"), "gate_activation", ["hard_sigmoid"])) == 1


def test_another_size_is_given_the_same_options():
    model = parse("lstm(4, activation=relu, zoneout=0.1)")
    assert like(parse("lstm(8) > lstm(8)"), model) == parse(
        "lstm(8, activation=relu, zoneout=0.1) > lstm(8, activation=relu, zoneout=0.1)"
    )
