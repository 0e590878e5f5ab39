"""Where classes of a number begin and end: at round amounts that spread over decades, at equal steps of ratios."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
SAME = 1e-9  # share by which rounding alone makes values differ


def round_number(value: float, steps: tuple[float, ...] = (1, 2, 5, 10)) -> float:
    """Nearest round number (1, 2 or 5 times a power of ten) on a logarithmic scale."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(min((s * power for s in steps), key=lambda s: abs(np.log(s / value))))


def amount_edges(values: Array, n: int) -> tuple[float, ...]:
    """Edges at round numbers near the quantiles, for amounts that spread over decades.

    Parameters
    ----------
    values
        Amounts; zeros, negatives and missing values are left out. (site,)
    n
        Classes wanted; fewer come back where round numbers coincide.
    """
    v = values[np.isfinite(values) & (values > 0)]
    if not len(v):
        return (1.0, 10.0)
    inner = sorted({round_number(q) for q in np.quantile(v, np.arange(1, n) / n)})
    inner = [e for e in inner if v.min() < e < v.max()]
    low, high = float(v.min()), float(v.max())
    if high <= low * (1 + SAME):
        return (low, low * 1.01)
    if not inner:  # different values are told apart
        inner = [e for e in (_three_digits(np.sqrt(low * high)),) if low < e < high]
    return (low, *inner, high)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def ratio_edges(values: Array, n: int, centre: float | None = None) -> tuple[float, ...]:
    """Edges at equal round steps over the middle 96 % of the values, for ratios; one is `centre` wherever values lie.

    Parameters
    ----------
    values
        Ratios, NaN where missing. (site,)
    n
        Classes wanted.
    centre
        Value that is always an edge.
    """
    v = values[np.isfinite(values)]
    if not len(v):
        return (0.0, 1.0) if centre is None else (centre - 1.0, centre, centre + 1.0)
    low, high = (float(q) for q in np.quantile(v, (0.02, 0.98)))
    if high - low < SAME * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    # breaks are printed with three digits, so they differ by at least one unit of the third
    printed = 10.0 ** (np.floor(np.log10(max(abs(low), abs(high)))) - 2)
    step = max(round_number((high - low) / n, (1, 2, 2.5, 5, 10)), float(printed))
    inner = [float(f"{k * step:.8g}") for k in np.arange(np.ceil(low / step), np.floor(high / step) + 1)]
    least, most = float(v.min()), float(v.max())
    inner = [e for e in inner if least < e < most]
    if centre is not None:
        inner = sorted([*(e for e in inner if abs(e - centre) > step / 2), centre])
        least, most = min(least, centre - step), max(most, centre + step)
    elif not inner and most > least:
        inner = [e for e in (_three_digits((least + most) / 2),) if least < e < most]
    return (least, *inner, most if most > least else least + step)
