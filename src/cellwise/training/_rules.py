"""How gradients become steps, row by row; moments are changed in place."""

import math

import numpy as np
import torch
from torch import Tensor

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
# torch's defaults: how fast NAdam's momentum rises, and RMSprop's memory
_MOMENTUM_DECAY, _RMSPROP_MEMORY = 4e-3, 0.99


def adam_(gradient: Tensor, mean: Tensor, square: Tensor, step: int) -> Tensor:
    """Return Adam's direction.

    Args:
        gradient: ``(M, P)``.
        mean: First moments, ``(M, P)``, changed.
        square: Second moments, ``(M, P)``, changed.
        step: Steps taken, this one included.

    Returns:
        What is subtracted per unit of learning rate, ``(M, P)``.

    Reference:
        Kingma & Ba (2015), algorithm 1.
    """
    _moments_(gradient, mean, square)
    correction, root_correction = corrections(step)
    return mean.mul(correction).div_(square.sqrt().mul_(root_correction).add_(EPSILON))


def corrections(step: int) -> tuple[float, float]:
    """Return what Adam's first moment and the root of its second are multiplied by.

    Args:
        step: Steps taken.

    Returns:
        Both factors.
    """
    return 1.0 / (1.0 - BETA_1**step), 1.0 / math.sqrt(1.0 - BETA_2**step)


def nadam_(gradient: Tensor, mean: Tensor, square: Tensor, step: int) -> Tensor:
    """Return NAdam's direction: Adam with a look ahead along its momentum.

    Args:
        gradient: ``(M, P)``.
        mean: First moments, ``(M, P)``, changed.
        square: Second moments, ``(M, P)``, changed.
        step: Steps taken, this one included.

    Returns:
        What is subtracted per unit of learning rate, ``(M, P)``.

    Reference:
        Dozat (2016), "Incorporating Nesterov Momentum into Adam", algorithm 8.
    """
    _moments_(gradient, mean, square)
    momenta = BETA_1 * (1 - 0.5 * 0.96 ** (np.arange(1, step + 2) * _MOMENTUM_DECAY))
    product, ahead = float(momenta[:-1].prod()), float(momenta.prod())
    now, following = float(momenta[-2]), float(momenta[-1])
    pushed = gradient * ((1 - now) / (1 - product)) + mean * (following / (1 - ahead))
    return pushed / (square / (1 - BETA_2**step)).sqrt_().add_(EPSILON)


def rmsprop_(gradient: Tensor, mean: Tensor, square: Tensor, momentum: Tensor) -> Tensor:
    """Return RMSprop's direction, with momentum as torch has it.

    Args:
        gradient: ``(M, P)``.
        mean: Momentum, ``(M, P)``, changed.
        square: Second moments, ``(M, P)``, changed.
        momentum: Share that goes on, ``(M, 1)``.

    Returns:
        What is subtracted per unit of learning rate, ``(M, P)``.

    Reference:
        Tieleman & Hinton (2012), lecture 6.5; Graves (2013) for the momentum.
    """
    square.mul_(_RMSPROP_MEMORY).addcmul_(gradient, gradient, value=1 - _RMSPROP_MEMORY)
    mean.mul_(momentum).add_(gradient / square.sqrt().add_(EPSILON))
    return mean.clone()


def sgd_(gradient: Tensor, mean: Tensor, momentum: Tensor, nesterov: Tensor) -> Tensor:
    """Return the direction of gradient descent with momentum.

    Args:
        gradient: ``(M, P)``.
        mean: Momentum, ``(M, P)``, changed.
        momentum: Share that goes on, ``(M, 1)``.
        nesterov: 1 where it looks ahead, ``(M, 1)``.

    Returns:
        What is subtracted per unit of learning rate, ``(M, P)``.

    Reference:
        Sutskever, Martens, Dahl & Hinton (2013), section 2, in torch's form.
    """
    mean.mul_(momentum).add_(gradient)
    return torch.where(nesterov > 0, gradient + momentum * mean, mean)


def _moments_(gradient: Tensor, mean: Tensor, square: Tensor) -> None:
    mean.lerp_(gradient, 1 - BETA_1)
    square.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
