import torch

from cellwise.kernels._cells_steps import CellForm, make_step


def test_a_step_without_weights_keeps_half_of_the_cell():
    step = make_step(CellForm(cell="lstm"), {"weight_hh": torch.zeros(1, 8, 2)})
    c = torch.tensor([[[1.0, -2.0]]])
    h, after = step(torch.zeros(1, 1, 8), torch.zeros(1, 1, 2), (torch.zeros(1, 1, 2), c))
    torch.testing.assert_close(after, c / 2)
    torch.testing.assert_close(h, (c / 2).tanh() / 2)


def test_coupled_gates_are_forget_candidate_and_output():
    step = make_step(CellForm(cell="lstm", coupled=True), {"weight_hh": torch.zeros(1, 6, 2)})
    inputs = torch.tensor([[[-99.0, 99.0, 1.0, 1.0, 0.0, 0.0]]])  # f closed, then open
    c = torch.tensor([[[5.0, 5.0]]])
    _, after = step(inputs, torch.zeros(1, 1, 2), (c, c))
    torch.testing.assert_close(
        after, torch.tensor([[[1.0, 1.0]]]).tanh().where(inputs[..., :2] < 0, c)
    )


def test_reset_before_the_product_wipes_out_the_state():
    weight = torch.ones(1, 3, 1)
    step = make_step(CellForm(cell="gru", reset_before=True), {"weight_hh": weight})
    inputs = torch.tensor([[[-99.0, -99.0, 0.3]]])  # r and z closed
    (h,) = step(inputs, torch.full((1, 1, 1), 7.0), (torch.full((1, 1, 1), 7.0),))
    torch.testing.assert_close(h, torch.full((1, 1, 1), 0.3).tanh())


def test_gates_read_what_they_are_given_and_the_mix_the_state_itself():
    zeros = {"weight_hh": torch.zeros(1, 3, 1), "bias_hh": torch.zeros(1, 3)}
    step = make_step(CellForm(cell="gru"), zeros)
    state = torch.full((1, 1, 1), 8.0)
    (h,) = step(torch.zeros(1, 1, 3), torch.zeros(1, 1, 1), (state,))
    torch.testing.assert_close(h, state / 2)
