"""Functional analysis of variance: what settings explain alone, and what only in pairs."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# As in Optuna's evaluator
_TREES, _DEPTH = 64, 64


@dataclass(frozen=True, slots=True)
class VarianceShares:
    """Shares of the variance of a forest's predictions over the whole box of settings.

    Attributes:
        single: Of each setting by itself, for each tree, ``(trees, D)``.
        pairs: Of each pair beyond what both explain alone, for each tree, by indices ``i < j``.
    """

    single: Floats
    pairs: dict[tuple[int, int], Floats]


def variance_shares(values: Floats, bounds: Floats, errors: Floats, seed: int) -> VarianceShares:
    """Split the variance of errors over settings and pairs of settings.

    A regression forest is fitted; each leaf of a tree is a box, so that the mean prediction at a
    value of one or two settings, over all values of the others, is an exact sum.

    Args:
        values: Settings of each trial as numbers, ``(n, D)``.
        bounds: Least and largest value of each setting, ``(D, 2)``.
        errors: Error of each trial, ``(n,)``.
        seed: Of the forest.

    Returns:
        The shares; trees that predict one number everywhere are left out, and a forest of such
        trees alone has none.

    Reference:
        Hutter, Hoos & Leyton-Brown (2014), "An Efficient Approach for Assessing Hyperparameter
        Importance", ICML, equations 3 to 8.
    """
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(n_estimators=_TREES, max_depth=_DEPTH, random_state=seed)
    forest.fit(values, errors)
    trees = [_Boxes.of(one.tree_, bounds) for one in forest.estimators_]
    trees = [tree for tree in trees if tree.variance > 0]
    single = np.array([tree.single for tree in trees]).reshape(len(trees), values.shape[1])
    pairs = {
        (i, j): np.array([tree.pair(i, j) for tree in trees])
        for i, j in combinations(range(values.shape[1]), 2)
    }
    return VarianceShares(single, pairs)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """A tree as the boxes of its leaves.

    Attributes:
        value: Prediction in each leaf, centred on the mean over the whole box, ``(leaves,)``.
        share: Part of each setting's range that a leaf covers, ``(leaves, D)``.
        covers: For each setting, which of its cells between splits a leaf covers,
            ``(cells, leaves)``.
        sizes: For each setting, the part of its range that a cell takes, ``(cells,)``.
    """

    value: Floats
    share: Floats
    covers: list[Floats]
    sizes: list[Floats]

    @classmethod
    def of(cls, tree: Any, bounds: Floats) -> "_Boxes":
        """Walk a tree of scikit-learn's."""
        low, high, value = _leaves(tree, bounds)
        width = bounds[:, 1] - bounds[:, 0]
        share = (high - low) / width
        covers, sizes = [], []
        for i in range(len(bounds)):
            edges = np.unique(np.concatenate([low[:, i], high[:, i]]))
            middle = (edges[1:] + edges[:-1]) / 2
            inside = (low[:, i] < middle[:, None]) & (middle[:, None] < high[:, i])
            covers.append(inside.astype(np.float64))
            sizes.append(np.diff(edges) / width[i])
        mean = float(np.sum(value * share.prod(axis=1)))
        return cls(value - mean, share, covers, sizes)

    @property
    def variance(self) -> float:
        """Variance of the predictions over the whole box."""
        return float(np.sum(self.value**2 * self.share.prod(axis=1)))

    @property
    def single(self) -> list[float]:
        """Share of each setting."""
        return [self._alone(i) / self.variance for i in range(len(self.covers))]

    def pair(self, i: int, j: int) -> float:
        """Share of a pair beyond what both explain alone."""
        weight = self.value * np.delete(self.share, (i, j), axis=1).prod(axis=1)
        marginal = (self.covers[i] * weight) @ self.covers[j].T  # (cells of i, cells of j)
        together = float(self.sizes[i] @ marginal**2 @ self.sizes[j])
        return (together - self._alone(i) - self._alone(j)) / self.variance

    def _alone(self, i: int) -> float:
        marginal = self.covers[i] @ (self.value * np.delete(self.share, i, axis=1).prod(axis=1))
        return float(self.sizes[i] @ marginal**2)


def _leaves(tree: Any, bounds: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower and upper corners of the leaves, ``(leaves, D)``, and their values."""
    found = []
    left = [(0, bounds[:, 0].copy(), bounds[:, 1].copy())]
    while left:
        node, low, high = left.pop()
        feature = tree.feature[node]
        if feature < 0:
            found.append((low, high, float(tree.value[node].ravel()[0])))
            continue
        below, above = high.copy(), low.copy()
        below[feature] = above[feature] = tree.threshold[node]
        left += [(tree.children_left[node], low, below), (tree.children_right[node], above, high)]
    lows, highs, values = zip(*found, strict=True)
    return np.array(lows), np.array(highs), np.array(values)
