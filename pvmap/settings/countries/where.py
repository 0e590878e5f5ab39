"""Whose rules hold at a place, guessed: boxes that lie well inside China, so that no neighbour is ever taken for it.

They are no borders and draw none. A town near one falls outside of them and gets plain values, which the new city file
says.
"""

from __future__ import annotations

from typing import Literal

Country = Literal["CN", "generic"]
# south, north, west, east [degrees]; seas may be in them, other countries are not
INSIDE = (
    (18.0, 20.2, 108.5, 111.3),
    (20.2, 21.6, 109.0, 113.0),
    (21.6, 22.52, 108.2, 113.5),
    (22.0, 23.6, 100.5, 101.4),
    (22.23, 22.52, 113.5, 113.6),
    (22.52, 23.6, 107.5, 117.3),
    (23.6, 24.6, 99.6, 118.25),
    (24.6, 26.0, 99.1, 119.6),
    (26.0, 28.0, 99.1, 121.0),
    (28.0, 29.0, 98.7, 122.6),
    (29.0, 29.7, 86.0, 92.0),
    (29.0, 29.6, 97.0, 122.6),
    (29.6, 31.4, 83.5, 122.8),
    (31.4, 33.0, 80.2, 122.6),
    (33.0, 35.0, 79.8, 122.0),
    (35.0, 36.0, 79.5, 122.6),
    (36.0, 37.4, 78.5, 123.0),
    (37.4, 38.5, 76.2, 123.0),
    (38.5, 39.6, 75.6, 122.6),
    (39.6, 41.0, 79.5, 123.8),
    (41.0, 41.4, 81.0, 125.2),
    (41.4, 42.4, 81.5, 101.5),
    (41.4, 42.0, 107.5, 125.3),
    (42.0, 43.0, 111.3, 127.0),
    (42.4, 43.5, 81.5, 94.8),
    (43.0, 44.0, 112.9, 129.5),
    (43.5, 44.3, 81.1, 93.5),
    (44.0, 45.0, 114.8, 130.6),
    (44.3, 45.1, 82.5, 90.3),
    (45.1, 46.0, 117.2, 131.0),
    (45.1, 46.3, 84.0, 90.0),
    (46.0, 47.0, 120.4, 132.4),
    (46.3, 47.9, 86.4, 88.3),
    (47.0, 48.0, 120.4, 130.2),
    (48.0, 49.3, 119.5, 129.2),
    (49.3, 50.0, 119.8, 126.8),
    (50.0, 51.0, 120.4, 126.2),
    (51.0, 52.0, 121.4, 125.6),
)


def guess(longitude: float, latitude: float) -> Country:
    """Guess whose rules hold at a place: China's well inside it, plain ones elsewhere and near its borders.

    Examples
    --------
    >>> guess(120.62, 31.31), guess(106.92, 47.92)  # Suzhou, Ulaanbaatar
    ('CN', 'generic')
    """
    inside = any(south <= latitude <= north and west <= longitude <= east for south, north, west, east in INSIDE)
    return "CN" if inside else "generic"
