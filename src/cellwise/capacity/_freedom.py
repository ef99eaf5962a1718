"""Effective numbers of parameters: how much of a network its training uses."""

import math
from collections.abc import Iterable


def effective_parameters(eigenvalues: Iterable[float], penalty: float) -> float:
    """Count the directions that the data decide rather than the penalty.

    Exact for ridge regression, where it is the trace of the hat matrix; heuristic for networks,
    with the Hessian of the loss at the weights. From memory: ``sum_i e_i / (e_i + z)``.

    For users of the library who have the eigenvalues: no command computes a Hessian. What a training
    spends, weight decay and all, is measured by ``cellwise capacity --measure freedom``.

    Args:
        eigenvalues: Eigenvalues e of the Hessian, or of ``X'X``; not negative.
        penalty: Weight decay z, in the units of the eigenvalues, above 0.

    Returns:
        A number from 0 to that of the eigenvalues.

    Reference:
        MacKay (1992), "Bayesian Interpolation", Neural Computation 4. From memory.

    Example:
        >>> round(effective_parameters((10, 1, 0.1), 1), 3)
        1.5
    """
    return sum(value / (value + penalty) for value in eigenvalues)


def expected_error(*, training_error: float, freedom: float, targets: float) -> float:
    """Estimate the mean squared error on new targets at the same inputs.

    Heuristic for networks, unbiased for linear fits (from memory, Mallows's Cp):
    ``RSS/N + 2 s^2 GDF/N``, with the noise ``s^2 = RSS / (N - GDF)`` from what is left over.

    Args:
        training_error: Mean squared error RSS/N in training.
        freedom: Generalised degrees of freedom GDF that the fit has spent.
        targets: Number of targets N.

    Returns:
        The error; infinite where the fit has spent as many degrees of freedom as there are targets.

    Reference:
        Ye (1998), "On Measuring and Correcting the Effects of Data Mining and Model Selection",
        JASA 93; Efron (2004), "The Estimation of Prediction Error", JASA 99. From memory.

    Example:
        >>> round(expected_error(training_error=0.9, freedom=10, targets=100), 3)
        1.1
    """
    if freedom >= targets:
        return math.inf
    noise = training_error * targets / (targets - freedom)
    return training_error + 2 * noise * freedom / targets
