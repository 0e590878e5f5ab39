"""Small drawings for a page that must open anywhere: inline SVG without scripts, texts escaped, units in the axes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pvmap.webmap.bilingual import escape

WIDTH, HEIGHT = 420, 170  # of a drawing [px]
LEFT, BOTTOM, TOP = 46, 26, 8  # margins that hold the axes [px]
GRID = 110  # cells of the map along its longer side
INK, SOFT, KEPT, REFUSED, DOUBTFUL, REFERENCE = "#1f2933", "#52606d", "#3b7dbd", "#c0271a", "#d98200", "#9aa5b1"
SERIES = ("#3b7dbd", "#7fb2d9", "#2f5f8a", "#8a6fb0")  # more bars than these cannot be told apart
KEPT_SHADES = 4  # opacities of the map's cells, by the logarithm of their count


class Places(NamedTuple):
    """Points on the map: longitude and latitude (n,) [deg], and what each is called."""

    longitude: np.ndarray
    latitude: np.ndarray
    names: list[str]


def histogram(values: ArrayLike, edges: ArrayLike, unit: str) -> str:
    """Draw how often values fall between edges; what lies beyond is counted in the first and last bar."""
    edges = np.asarray(edges, float)
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    counts, _ = np.histogram(np.clip(known, edges[0], np.nextafter(edges[-1], edges[0])), edges)
    labels = [f"{edge:,.0f}" for edge in edges]
    hints = [f"{a}–{b} {unit}: {n:,}" for a, b, n in zip(labels, labels[1:], counts, strict=False)]
    step = (WIDTH - LEFT - 8) / len(counts)
    ticks = [(LEFT + step * i, label) for i, label in enumerate(labels[:-1])][::2]
    return _bars([("", KEPT, counts.astype(float).tolist(), hints)], ticks, unit)


def months(series: list[tuple[str, list[float]]], reference: list[float], unit: str) -> str:
    """Draw twelve sums of each named series, as far as there are colours, beside those of a reference."""
    step = (WIDTH - LEFT - 8) / 12
    ticks = [(LEFT + step * (i + 0.5), str(i + 1)) for i in range(12)]
    rows = [("", REFERENCE, reference, [f"{i + 1}: {v:,.0f} {unit}" for i, v in enumerate(reference)])]
    for shade, (name, values) in zip(SERIES, series, strict=False):
        hints = [f"{name}, {i + 1}: {v:,.0f} {unit}" for i, v in enumerate(values)]
        rows.append((name, shade, values, hints))
    return _bars(rows, ticks, unit)


def locator(kept: Places, refused: Places, doubtful: Places) -> tuple[str, int]:
    """Draw where rows lie: kept ones as density, refused ones as squares, doubtful ones as rings.

    Returns
    -------
    tuple of str and int
        The drawing, and how many rows lie outside its frame, which holds all but the outermost of the kept ones.
    """
    west, east = np.quantile(kept.longitude, [0.002, 0.998])
    south, north = np.quantile(kept.latitude, [0.002, 0.998])
    shrink = float(np.cos(np.radians((south + north) / 2)))
    side = max((east - west) * shrink, north - south, 1e-3) * 1.08  # degrees of latitude
    middle = (west + east) / 2, (south + north) / 2
    size = 2 * HEIGHT

    def pixels(places: Places) -> tuple[np.ndarray, np.ndarray]:
        x = ((places.longitude - middle[0]) * shrink / side + 0.5) * size
        return x, (0.5 - (places.latitude - middle[1]) / side) * size

    cell = size / GRID
    parts, outside = [], 0
    for places, colour in ((kept, KEPT), (refused, REFUSED)):
        x, y = pixels(places)
        inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
        outside += int((~inside).sum())
        codes, counts = np.unique(
            (y[inside] // cell).astype(int) * GRID + (x[inside] // cell).astype(int), return_counts=True
        )
        parts.append(_cells(codes, counts, cell, colour, plain=places is refused))
    x, y = pixels(doubtful)
    for i in np.flatnonzero((x >= 0) & (x < size) & (y >= 0) & (y < size)):
        ring = f'<circle cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="5" fill="none" stroke="{DOUBTFUL}" stroke-width="2">'
        parts.append(f"{ring}<title>{escape(doubtful.names[i])}</title></circle>")
    frame = f'<rect width="{size}" height="{size}" fill="#f5f7fa" stroke="{REFERENCE}"/>'
    return f'<svg viewBox="0 0 {size} {size}" class="map" role="img">{frame}{"".join(parts)}</svg>', outside


def _cells(codes: np.ndarray, counts: np.ndarray, cell: float, colour: str, *, plain: bool) -> str:
    """Squares of a lattice; darker where they hold more, all alike where `plain`."""
    level = np.ceil(KEPT_SHADES * np.log1p(counts) / np.log1p(counts.max(initial=1))).astype(int)
    shades = np.full(len(codes), KEPT_SHADES) if plain else level
    paths = []
    for shade in np.unique(shades):
        row, column = np.divmod(codes[shades == shade], GRID)
        square = f"h{cell:.2f}v{cell:.2f}h-{cell:.2f}z"
        path = "".join(f"M{x:.1f} {y:.1f}{square}" for x, y in zip(column * cell, row * cell, strict=True))
        paths.append(f'<path d="{path}" fill="{colour}" fill-opacity="{0.15 + 0.85 * shade / KEPT_SHADES:.2f}"/>')
    return "".join(paths)


def _bars(rows: list[tuple[str, str, list[float], list[str]]], ticks: list[tuple[float, str]], unit: str) -> str:
    """Bars side by side: rows of (name, colour, heights, hints); ticks are (x, text)."""
    n = len(rows[0][2])
    tick = _round_tick(max(height for _, _, heights, _ in rows for height in heights))
    top = 2 * tick
    room, step = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - 8) / n
    wide = step / len(rows)
    parts = []
    for number, (_, colour, heights, hints) in enumerate(rows):
        for i, (height, hint) in enumerate(zip(heights, hints, strict=True)):
            tall = room * height / top
            box = f'x="{LEFT + step * i + wide * number:.1f}" y="{TOP + room - tall:.1f}" width="{wide * 0.92:.1f}"'
            bar = f'<rect {box} height="{tall:.1f}" fill="{colour}"><title>{escape(hint)}</title></rect>'
            parts.append(bar)
    base = TOP + room
    parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{base}" y2="{base}" stroke="{INK}"/>')
    for share in (0.5, 1.0):
        y = base - room * share
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{y:.1f}" y2="{y:.1f}" stroke="{SOFT}" opacity=".25"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{y + 4:.1f}" text-anchor="end">{top * share:,.9g}</text>')
    parts += [f'<text x="{x:.1f}" y="{base + 13}" text-anchor="middle">{escape(text)}</text>' for x, text in ticks]
    parts.append(f'<text x="{WIDTH - 8}" y="{HEIGHT - 2}" text-anchor="end">{escape(unit)}</text>')
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'


def _round_tick(most: float) -> float:
    """Give the least round number of which two reach the highest bar."""
    half = max(most, 1.0) / 2
    power = 10.0 ** np.floor(np.log10(half))
    return float(next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= half))
