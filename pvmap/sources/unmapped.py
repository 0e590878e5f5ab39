"""Columns that the city file maps to nothing, though their names say what pvmap would like to know."""

from __future__ import annotations

from pathlib import Path

from pvmap.findings import Finding, finding
from pvmap.settings.city import VectorInput
from pvmap.sources.files import columns_there

USUAL = {  # names, in small letters and without what is neither letter nor number
    "height_m": (
        *("height", "heightm", "hgt", "buildingheight", "bldgheight", "measuredheight"),
        *("高度", "高度m", "高度米", "建筑高度", "建筑物高度", "房屋高度", "楼高"),
    ),
    "floors": (
        *("floor", "floors", "storeys", "stories", "levels", "buildinglevels", "numfloors", "floorcount"),
        *("层数", "楼层", "楼层数", "总层数", "地上层数", "建筑层数", "房屋层数"),
    ),
    "building_use": (
        *("use", "usage", "buildinguse", "bldguse"),
        *("用途", "建筑用途", "房屋用途", "使用用途", "使用性质"),
    ),
}


def doubt_unmapped(source: VectorInput, raw: Path) -> list[Finding]:
    """Name columns of a layer of buildings that by their names hold what the city file maps no column to.

    Nothing is taken from them: a column of that name may mean something else, and whoever wrote the city file may know.
    """
    asked = [ours for ours in USUAL if ours not in source.columns and ours not in source.also]
    if not asked:
        return []
    there = {_plain(name): name for name in columns_there(source, raw) if name not in source.columns.values()}
    found = {ours: there[name] for ours in asked for name in USUAL[ours] if name in there}
    if not found:
        return []
    mapping = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in found.items())
    columns = ", ".join(found.values())
    return [finding("columns-left-unmapped", layer=source.path, count=len(found), columns=columns, mapping=mapping)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
