"""How many past steps might matter: from seasons and autocorrelation."""

import numpy as np
from numpy.typing import NDArray

from cellwise.data import ForecastData
from cellwise.search._ranges import ContextRange

Floats = NDArray[np.float64]


def suggest_contexts(data: ForecastData, limits: ContextRange) -> dict[int, str]:
    """Suggest other context lengths, from the training rows alone.

    Args:
        data: The data with the length so far.
        limits: Shortest and longest, and lengths that are tried anyway.

    Returns:
        Length to why, shortest first; the length so far is not among them.
    """
    now, season = data.context_length, data.season_length
    spans = [data.target[s.start : s.train_stop].astype(np.float64) for s in data.series]
    rows = int(np.median([len(span) for span in spans]))
    found = dict.fromkeys(limits.values, "asked for")
    wanted = {now // 2: "half", 2 * now: "twice"}
    if season > 1:
        wanted |= {season: "a season", 2 * season: "two seasons"}
    longest = min(limits.highest, rows // 4)
    order = autoregressive_order(spans, longest)
    wanted |= {order: "order of an autoregression by BIC"} if order else {}
    for length, why in wanted.items():
        found.setdefault(min(max(length, limits.lowest), longest), why)
    return {k: found[k] for k in sorted(found) if k != now and 1 <= k <= rows // 4}


def autoregressive_order(spans: list[Floats], highest: int) -> int:
    """Choose the order of a linear autoregression by BIC.

    Args:
        spans: The series, each ``(n,)``; their autocovariances are pooled.
        highest: Largest order.

    Returns:
        The order; 0 for white noise or a constant.

    Reference:
        Levinson (1947) and Durbin (1960) for the innovation variances; Schwarz (1978).
    """
    count = sum(len(span) for span in spans)
    covariances = _autocovariances(spans, highest)
    if covariances[0] <= 0:
        return 0
    variances = innovation_variances(covariances)
    orders = np.arange(len(variances))
    with np.errstate(divide="ignore"):
        scores = count * np.log(np.maximum(variances, 0)) + orders * np.log(count)
    return int(np.argmin(scores))


def innovation_variances(covariances: Floats) -> Floats:
    """Return the variance that autoregressions of rising order leave unexplained.

    Args:
        covariances: Autocovariances from lag 0, ``(L + 1,)``.

    Returns:
        Variances of orders 0 to L, ``(L + 1,)``; shorter where nothing is left to explain.
    """
    variances, coefficients = [float(covariances[0])], np.zeros(0)
    for lag in range(1, len(covariances)):
        if variances[-1] <= 1e-12 * covariances[0]:
            break
        rest = covariances[lag] - coefficients @ covariances[lag - 1 : 0 : -1]
        partial = rest / variances[-1]
        coefficients = np.append(coefficients - partial * coefficients[::-1], partial)
        variances.append(variances[-1] * (1 - partial**2))
    return np.array(variances)


def _autocovariances(spans: list[Floats], lags: int) -> Floats:
    total, count = np.zeros(lags + 1), 0
    for span in spans:
        centred = span - span.mean()
        for lag in range(min(lags, len(span) - 1) + 1):
            total[lag] += centred[lag:] @ centred[: len(span) - lag]
        count += len(span)
    return total / count
