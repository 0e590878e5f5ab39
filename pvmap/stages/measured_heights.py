"""Buildings get their height from the surface model where their source tells none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pvmap.findings import Finding, finding
from pvmap.settings.city import Settings
from pvmap.sites.roof_use import number_column
from pvmap.sources.surface_model import heights_above_ground, look_over
from pvmap.sources.vector import VectorLayer


def with_measured_heights(
    layers: list[VectorLayer], settings: Settings, raw: Path
) -> tuple[list[VectorLayer], list[Finding]]:
    """Add the column ``measured_height_m`` to layers of buildings, and say what the surface model gave.

    Parameters
    ----------
    layers
        Buildings as read.
    settings
        Of the city; without a surface model nothing happens.
    raw
        Folder of the input files.

    Returns
    -------
    layers, findings
        Heights are NaN where the source knows the height, or the model tells none.
    """
    dsm, dem = settings.inputs.dsm, settings.inputs.dem
    if dsm is None:
        return layers, []
    findings: list[Finding] = []
    missing = total = drawn = n_roofs = n_without = n_measured = 0
    done = []
    for layer in layers:
        features = layer.features
        height = np.full(len(features), np.nan)
        without = np.flatnonzero(~np.isfinite(number_column(features, "height_m")))
        if dem is not None and len(without):
            height[without] = heights_above_ground(
                features.geometry.iloc[without], dsm, dem, raw, settings.surface_model
            )
        n_without, n_measured = n_without + len(without), n_measured + int(np.isfinite(height).sum())
        seen = look_over(features.geometry, dsm, raw)
        missing, total = missing + seen.missing, total + seen.cells
        drawn, n_roofs = drawn + seen.drawn, n_roofs + len(features)
        done.append(replace(layer, features=features.assign(measured_height_m=height)))
    if dem is None:
        findings.append(finding("dsm-without-dem", layer=dsm.path))
    elif n_without:
        least = settings.surface_model.least_height_m
        findings.append(
            finding("heights-measured", layer=dsm.path, count=n_measured, total=n_without, least_m=float(least))
        )
    if missing:
        findings.append(finding("dsm-cells-filled", layer=dsm.path, count=missing, total=total))
    if drawn:
        findings.append(finding("dsm-drawn", layer=dsm.path, count=drawn, total=n_roofs))
    return done, findings
