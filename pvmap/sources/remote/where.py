"""Where a city lies, by what it has already: the window of what is fetched for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from pydantic import ValidationError

from pvmap.crs import WGS84, transformer
from pvmap.errors import ConfigError, InputError
from pvmap.settings.city import Settings, VectorInput
from pvmap.settings.fetch import FetchSettings
from pvmap.sources.files import open_layer
from pvmap.sources.remote.provider import Window

MARGIN_DEG = 0.005  # around a layer: what stands on its edge belongs to the city


def window_around(source: VectorInput, raw: Path) -> Window:
    """Box of a layer's rows with a margin [degrees]; errors as in `open_layer`."""
    layer, crs = open_layer(source, raw)
    bounds = shapely.bounds(layer.geometry)
    known = np.isfinite(bounds).all(axis=1)
    if not known.any():
        raise InputError(f"{source.path}: no row of it lies anywhere; export it again.")
    west, south, east, north = bounds[known].T
    corners = transformer(crs, WGS84)
    x, y = corners.transform(
        np.array([west.min(), west.min(), east.max(), east.max()]),
        np.array([south.min(), north.max(), south.min(), north.max()]),
    )
    return Window(float(x.min()), float(y.min()), float(x.max()), float(y.max())).widened(MARGIN_DEG)


def with_window(settings: Settings, raw: Path) -> Settings:
    """Return the settings with a window: the city file's, else that of the first layer of sites that is there.

    Raises
    ------
    ConfigError
        The layer lies wider than a city can.
    InputError
        The layer cannot be read.
    """
    if settings.fetch.window is not None:
        return settings
    inputs = settings.inputs
    for source in (*inputs.buildings, *inputs.mines, *inputs.fishponds):
        if (raw / source.path).exists():
            box = window_around(source, raw)
            try:
                fetch = FetchSettings.model_validate({**settings.fetch.model_dump(), "window": tuple(box)})
            except ValidationError as error:
                why = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ConfigError(f"{source.path} spans {tuple(round(side, 2) for side in box)}: {why}.") from None
            return settings.model_copy(update={"fetch": fetch})
    return settings
