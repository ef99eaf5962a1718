"""What each layer of a trained network has learned."""

import numpy as np
import torch
from torch import Tensor

from cellwise.diagnosis._ablation import Ablation, ablate, can_ablate
from cellwise.diagnosis._gates import gate_steps, layer_gates
from cellwise.diagnosis._gradients import GradientFlow, gradient_flow, input_jacobian
from cellwise.diagnosis._patient import Patient
from cellwise.diagnosis._similarity import linear_cka
from cellwise.diagnosis._states import effective_rank
from cellwise.diagnosis._time_scales import TimeScales, time_scales
from cellwise.records import LayerProfile, LayerStudy

_NAN = float("nan")
# Cells whose states are drawn
_DRAWN = 12
_UNKNOWN = Ablation(frozen=_NAN, removed=_NAN, cells_frozen=(), cells_removed=())


def study_layers(patient: Patient) -> LayerStudy:
    """Say what each recurrent layer has learned, and which inputs and lags count.

    Args:
        patient: A network and windows.

    Returns:
        The study; what an architecture does not allow is in ``skipped``.
    """
    inputs, lags = _sensitivity(patient)
    if not patient.opens_up:
        return _closed_study(inputs, lags)
    scales, flow = time_scales(patient), gradient_flow(patient)
    ablations = ablate(patient) if can_ablate(patient) else {}
    reason = "a layer hands on more than its cells give (an option, two directions)"
    skipped = {} if can_ablate(patient) else {"ablation": reason}
    return LayerStudy(
        layers=tuple(_profiles(patient, scales, ablations, flow)),
        depth_excess=scales.excess,
        depth_excess_low=scales.excess_low,
        depth_used=scales.excess_low > 0,
        inputs=inputs,
        lags=lags,
        skipped=skipped,
        gradient_lags=flow.lags,
        input_gradient=tuple(flow.inputs.tolist()),
    )


def _closed_study(inputs: dict[str, float], lags: tuple[float, ...]) -> LayerStudy:
    return LayerStudy(
        layers=(),
        depth_excess=_NAN,
        depth_excess_low=_NAN,
        depth_used=False,
        inputs=inputs,
        lags=lags,
        skipped={"layers": "the states inside of a branch, a pair or a convolution are not read"},
    )


def _profiles(
    patient: Patient, scales: TimeScales, ablations: dict[str, Ablation], flow: GradientFlow
) -> list[LayerProfile]:
    states, texts = patient.states(), patient.layer_texts
    steps = {one.path: gate_steps(one) for one in layer_gates(patient)}
    profiles = []
    for index, path in enumerate(scales.paths):
        ablation = ablations.get(path, _UNKNOWN)
        typical, longest = _middle_and_most(steps.get(path))
        profiles.append(
            LayerProfile(
                path=path,
                layer=texts[path],
                time_scale=float(scales.scales[index]),
                time_scale_low=float(scales.intervals[index, 0]),
                time_scale_high=float(scales.intervals[index, 1]),
                untrained=float(scales.untrained[index]),
                curve=tuple(scales.curves[index].tolist()),
                untrained_curve=tuple(scales.untrained_curves[index].tolist()),
                gate_steps=typical,
                gate_steps_longest=longest,
                effective_rank=effective_rank(states[path]),
                num_cells=states[path].shape[-1],
                frozen=ablation.frozen,
                removed=ablation.removed,
                cells_frozen=ablation.cells_frozen,
                cells_removed=ablation.cells_removed,
                similarity=tuple(linear_cka(states[path], other) for other in states.values()),
                gradient=tuple(np.asarray(flow.states.get(path, ())).tolist()),
                states=_busiest(states[path][len(states[path]) // 2]),
            )
        )
    return profiles


def _busiest(states: Tensor) -> tuple[tuple[float, ...], ...]:
    """The cells that move most, over the steps of one window; ``states`` is ``(T, W)``."""
    order = states.std(dim=0).argsort(descending=True)[:_DRAWN]
    return tuple(tuple(row) for row in states[:, order].T.double().round(decimals=4).tolist())


def _middle_and_most(steps: Tensor | None) -> tuple[float, float]:
    if steps is None:
        return _NAN, _NAN
    return float(steps.median()), float(steps.max())


def _sensitivity(patient: Patient) -> tuple[dict[str, float], tuple[float, ...]]:
    """Share of each column and of each lag in the change of the outputs per deviation of input."""
    windows = patient.windows
    deviation = windows.inputs.double().flatten(0, 1).std(dim=0)
    table = input_jacobian(patient.network, patient.weights, windows.inputs) * deviation  # (T, F)
    power = table.square()
    total = float(power.sum())
    if not total > 0:
        return {windows.column(f): 0.0 for f in range(power.shape[1])}, ()
    columns = torch.sqrt(power.sum(dim=0))
    steps = torch.sqrt(power.sum(dim=1)).flip(0)
    shares = {windows.column(f): float(v / columns.sum()) for f, v in enumerate(columns)}
    return shares, tuple(np.asarray(steps / steps.sum()).tolist())
