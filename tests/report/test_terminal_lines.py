import io

from rich.console import Console

from cellwise.report._terminal_lines import bullet, listed


def printed(what, width=20):
    out = io.StringIO()
    Console(file=out, width=width).print(what)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_continuation_is_indented_and_text_is_no_markup():
    assert printed(bullet("one two three four [red] five")) == [
        "- one two three four",
        "  [red] five",
    ]


def test_sentences_stand_below_their_head():
    assert printed(listed(["a", "b"], "Head")) == ["Head", "- a", "- b"]


def test_nothing_to_tell_is_nothing():
    assert listed([]) is None
