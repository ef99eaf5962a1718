from cellwise.architecture import Architecture
from cellwise.architecture._questions import answers


def answered(text):
    chain = Architecture.parse(text).place(input_size=8)
    found = answers(chain, num_steps=20, num_parameters=12345)
    return {one.question: one.answer for one in found}


def test_units_are_no_time_steps():
    answer = answered("lstm(100)")["Are units time steps?"]
    assert answer.startswith("No. lstm(100) has 100 cells (units) at every one of the 20 steps")
    assert "the network has 12,345 however long the window is" in answer


def test_a_cell_puts_out_a_number_per_step():
    answer = answered("lstm(100)")["What does a single cell put out?"]
    assert "One number per step (it keeps one more, its memory c, to itself): 20 numbers" in answer
    assert "memory" not in answered("gru(100)")["What does a single cell put out?"]


def test_hundred_cells_feed_fifty_by_a_dense_connection():
    answer = answered("lstm(100) > dropout(0.1) > lstm(50)")[
        "How do 100 values of lstm(100) feed 50 cells?"
    ]
    assert (
        "a dense connection from 100 to 4x50 gate inputs, the same at every step: 20,000" in answer
    )


def test_branches_do_not_feed_each_other():
    assert "How would 100 cells feed 50?" in answered("[lstm(8) | lstm(4)]")


def test_two_directions_feed_with_both_outputs():
    questions = answered("bilstm(10) > rnn(5)")
    assert (
        "a dense connection from 20 to 5, the same"
        in questions["How do 20 values of bilstm(10) feed 5 cells?"]
    )


def test_states_go_along_time():
    question = "Where does the state go?"
    assert "from each step of the layer to the next" in answered("lstm(3)")[question]
    assert "not from layer to layer" in answered("2*lstm(3)")[question]


def test_nothing_is_asked_without_cells():
    assert answered("dense(3)") == {}


def test_a_carried_state_goes_on_into_the_next_window():
    question = "Where does the state go?"
    assert "into the next window of the same series" in answered("lstm(3, stateful)")[question]
    assert "next window" not in answered("lstm(3)")[question]
