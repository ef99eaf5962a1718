from dataclasses import replace

import pytest

from cellwise._errors import ArchitectureError
from cellwise.architecture import Architecture, change_layers, with_layer


def wider(layer):
    return replace(layer, hidden_size=layer.hidden_size + 1)


@pytest.mark.parametrize(
    ("text", "paths", "expected"),
    [
        ("lstm(4) > gru(2)", ["layers.1"], "lstm(4) > gru(3)"),
        (
            "[lstm(2) | gru(3)] > lstm(1)",
            ["layers.0.branches.1.layers.0"],
            "[lstm(2) | gru(4)] > lstm(1)",
        ),
        (
            "encoder(gru(3)) > decoder(gru(3))",
            ["encoder.layers.0", "decoder.layers.0"],
            "encoder(gru(4)) > decoder(gru(4))",
        ),
    ],
)
def test_layers_are_changed_where_they_stand(text, paths, expected):
    assert str(change_layers(Architecture.parse(text), paths, wider)) == expected


@pytest.mark.parametrize("path", ["layers.2", "layers.0.layers.0", "branches.0", "layers.x", ""])
def test_paths_that_lead_nowhere(path):
    with pytest.raises(ArchitectureError, match="path must be that of a layer"):
        change_layers(Architecture.parse("lstm(4) > gru(2)"), [path], wider)


def test_the_output_layer_goes_on_seeing_the_layers_below():
    base = Architecture.parse("lstm(8)")
    deeper = with_layer(base, 2)
    assert str(deeper) == "lstm(8, to_output) > lstm(2)"
    assert deeper.output_width == 10
    assert str(with_layer(deeper, 2)) == "lstm(8, to_output) > lstm(2, to_output) > lstm(2)"
    with pytest.raises(ArchitectureError, match="the output layer can see a recurrent"):
        with_layer(Architecture.parse("lstm(8) > dense(4)"), 2)
