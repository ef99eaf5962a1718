import tomllib

from cellwise.search import Ranges


def test_what_is_printed_can_be_changed_and_given_back(cellwise, make_table, tmp_path):
    done = cellwise("ranges")
    assert done.code == 0
    assert Ranges.model_validate(tomllib.loads(done.out)) == Ranges.model_validate({})
    (tmp_path / "mine.toml").write_text(done.out.replace("[0.0, 0.1, 0.2, 0.3, 0.5]", "[1.5]"))
    make_table().write_csv(tmp_path / "t.csv")
    refused = cellwise(
        "fit", tmp_path / "t.csv", "--target", "y", "--horizon", "2", "--tune",
        "--ranges", tmp_path / "mine.toml", "--out", tmp_path / "run",
    )  # fmt: skip
    assert refused.code == 2
    assert "ranges.dropout.0: should be less than 1, got 1.5" in refused.err
