"""Numbers as text: the same number of digits, signs and dashes everywhere."""

import math
import re

ABSENT = "–"  # noqa: RUF001  an en dash stands for "no value"


def number(value: float, digits: int = 4) -> str:
    """Write a number with a number of significant digits.

    Args:
        value: Number; NaN and infinities are written as a dash.
        digits: Significant digits below ten thousand.

    Returns:
        Text such as ``0.3012`` or ``12,345``.
    """
    if not math.isfinite(value):
        return ABSENT
    if value == 0:
        return "0"
    if abs(value) < 1e-4:
        return f"{value:.1e}"
    return f"{value:,.{_decimals(value, digits)}f}"


def plus_minus(value: float, error: float) -> str:
    """Write a value and its standard error with equal decimals.

    Args:
        value: Value.
        error: Standard error; left out where it is not finite.

    Returns:
        Text such as ``0.3012 ± 0.0041``.
    """
    if not (math.isfinite(value) and math.isfinite(error)) or value == 0:
        return number(value)
    return f"{number(value)} ± {error:,.{_decimals(value, 4)}f}"


def percent(fraction: float, *, signed: bool = True) -> str:
    """Write a fraction in percent.

    Args:
        fraction: Fraction, 0.031 for 3.1 %.
        signed: Whether a plus is written.

    Returns:
        Text such as ``+3.1 %``.
    """
    if not math.isfinite(fraction):
        return ABSENT
    shown = 100 * (fraction if signed else abs(fraction))
    # beyond a thousand, a decimal says nothing
    text = f"{shown:{'+' if signed else ''},.{0 if abs(shown) >= 1000 else 1}f}"
    # a typographic minus lines up with the plus
    return text.replace("-", "\N{MINUS SIGN}") + " %"


def p_text(p_value: float) -> str:
    """Write a p-value.

    Args:
        p_value: Probability; NaN if not tested.

    Returns:
        Text such as ``0.002``, ``< 0.001`` or ``> 0.999``.
    """
    if not math.isfinite(p_value):
        return ABSENT
    if p_value < 0.001:
        return "< 0.001"
    return "> 0.999" if p_value >= 0.9995 else f"{p_value:.3f}"


def p_equation(p_value: float) -> str:
    """Write a p-value with its name.

    Args:
        p_value: Probability.

    Returns:
        Text such as ``p = 0.002`` or ``p < 0.001``.
    """
    text = p_text(p_value)
    return f"p {text}" if text.startswith(("<", ">")) else f"p = {text}"


def tidied(text: str) -> str:
    """Write the numbers of a recorded sentence as the reports do.

    Args:
        text: A sentence of the search, such as ``is 490.5% worse than ridge (p = 1)``.

    Returns:
        The sentence, such as ``has 5.9 times the error of ridge (p > 0.999)``.
    """
    text = re.sub(r"\bis (\d{3,}\.\d)% worse than", _as_times, text)
    text = re.sub(r"(\d[\d.]*)%", lambda found: _percent_of(found[1]), text)
    text = re.sub(
        r"learning rate (\d[-\d.e]*\d)", lambda r: f"learning rate {float(r[1]):.3g}", text
    )
    return re.sub(r"\bp = (\d[-\d.e]*\d|\d)", lambda found: p_equation(float(found[1])), text)


def _as_times(found: re.Match[str]) -> str:
    return f"has {number(1 + float(found[1]) / 100, 2)} times the error of"


def _percent_of(digits: str) -> str:
    """Write a percentage with the decimals that it came with, if it is not too large for them."""
    return f"{digits} %" if float(digits) < 1000 else percent(float(digits) / 100, signed=False)


def rate_text(rate: float) -> str:
    """Write a learning rate.

    Args:
        rate: Learning rate.

    Returns:
        Text such as ``0.003``.
    """
    return f"{rate:.2g}" if math.isfinite(rate) else ABSENT


def duration(seconds: float) -> str:
    """Write a time span.

    Args:
        seconds: Seconds.

    Returns:
        Text such as ``45 s`` or ``1 h 12 min``.
    """
    if not math.isfinite(seconds):
        return ABSENT
    if seconds < 0.05:
        return "< 0.1 s"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size_text(count: float) -> str:
    """Write a number of bytes.

    Args:
        count: Bytes.

    Returns:
        Text such as ``12 MB`` or ``1.4 GB``; less than half a megabyte is ``< 1 MB``.
    """
    if count < 5e5:
        return "< 1 MB"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{round(count / 1e6)} MB"


def _decimals(value: float, digits: int) -> int:
    # 9.9996 may round up to one digit more; that is accepted
    return max(0, digits - 1 - math.floor(math.log10(abs(value))))
