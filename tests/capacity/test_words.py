from cellwise.architecture import Architecture
from cellwise.capacity import Question, consult, sentences

USUAL = {"inputs": 8, "outputs": 1, "length": 50, "samples": 5000}


def words(first, second=None, **numbers):
    against = None if second is None else Architecture.parse(second)
    question = Question(**{**USUAL, **numbers})
    return " ".join(sentences(consult(Architecture.parse(first), question, against=against)))


def test_more_layers_with_fewer_cells():
    text = words("2*lstm(64)", "4*lstm(32)")
    assert "2*lstm(64) is 1.7 times as complex as 4*lstm(32)" in text
    assert "Both carry 256 numbers" in text
    assert "no theorem known here gives L layers L times the VC dimension of one" in text
    assert "says nothing" in text
    assert "Not decided by theory" in text
    assert 'cellwise compare "2*lstm(64)" "4*lstm(32)" TABLE' in text


def test_equal_weights_are_equally_complex():
    assert "2*lstm(64) and 4*lstm(42) are equally complex" in words("2*lstm(64)", "4*lstm(42)")


def test_states_of_different_size_are_both_told():
    assert "They carry 256 and 128 numbers" in words("2*lstm(64)", "lstm(64)")


def test_one_network_alone():
    text = words("lstm(3)")
    assert "lstm(3) carries 6 numbers" in text and "cellwise fit TABLE" in text


def test_bounds_that_say_something_are_quoted():
    text = words("lstm(3)", samples=10**7, stride=60)
    assert (
        "by at most 0.0128 for lstm(3) (Occam, 32 bits a weight)" in text
        and "add --stride" not in text
    )


def test_overlap_is_pointed_out_until_it_is_answered():
    assert "only 100 share no row" in words("lstm(3)")
    assert "only 100 share no row" not in words("lstm(3)", stride=1)


def test_small_networks_are_not_called_too_large():
    assert "larger" not in words("lstm(2)")
    assert "lstm(99) is larger" in words("lstm(99)", "lstm(2)")


def test_layers_without_theory_say_so():
    assert "4 numbers" in words("gru(4)")


def test_the_least_assuming_bound_is_quoted():
    assert "(Occam, 5 bits a weight)" in words("lstm(3)", samples=300)
