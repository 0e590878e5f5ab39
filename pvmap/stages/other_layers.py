"""Layers of a city that hold no sites: areas that give names, plants that stand, masks, what is not for the public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pyproj import CRS

from pvmap.settings.city import Settings
from pvmap.sites import existing
from pvmap.sites.masks import mask_layer
from pvmap.sources.vector import VectorLayer, read_vector
from pvmap.stages.areas import AREAS, read_named


class OtherLayers(NamedTuple):
    """What is read beside the sites of a city.

    Attributes
    ----------
    areas
        Districts and townships, as far as the city file names them.
    plants, sensitive
        Plants that stand, and sites that a public build leaves out; None where there are none.
    masks
        By their number among the city's masks.
    """

    areas: dict[str, VectorLayer]
    plants: VectorLayer | None
    masks: dict[int, VectorLayer]
    sensitive: VectorLayer | None

    def by_name(self, settings: Settings) -> dict[str, VectorLayer]:
        """Give every layer under the name by which its rows are counted."""
        of_masks = {f"mask {number + 1} {settings.masks[number].name}": one for number, one in self.masks.items()}
        plants = {"existing_pv": self.plants} if self.plants is not None else {}
        sensitive = {"sensitive": self.sensitive} if self.sensitive is not None else {}
        return {**self.areas, **plants, **of_masks, **sensitive}


def read_others(settings: Settings, raw: Path, crs: CRS) -> OtherLayers:
    """Read every layer of a city beside those of its sites.

    Raises
    ------
    InputError
        One sentence on the first that cannot be used.
    """
    areas = {
        level: read_named(source, raw, crs, level)
        for level in AREAS
        if (source := getattr(settings.inputs, level)) is not None
    }
    plants = read_plants(settings, raw, crs)
    masks = _read_masks(settings, raw, crs)
    hidden = settings.inputs.sensitive if settings.city.use == "public" else None
    return OtherLayers(areas, plants, masks, read_vector(hidden, raw, crs) if hidden is not None else None)


def read_plants(settings: Settings, raw: Path, crs: CRS) -> VectorLayer | None:
    """Read plants that stand, as points or polygons, each as one: its capacity is that of all its parts."""
    source = settings.inputs.existing_pv
    if source is None:
        return None
    layer = read_vector(source.model_copy(update={"explode": False}), raw, crs, kinds=("Point", "Polygon"))
    doubts = existing.doubt_rows(layer.features, layer.rejects, source.path)
    return replace(layer, findings=(*layer.findings, *doubts))


def _read_masks(settings: Settings, raw: Path, crs: CRS) -> dict[int, VectorLayer]:
    """Read the masks for what they refuse: ground under a refused polygon is not protected."""
    return {
        number: mask_layer(mask.input, mask.buffer_m, raw, crs)
        for number, mask in enumerate(settings.masks)
        if mask.input is not None
    }
