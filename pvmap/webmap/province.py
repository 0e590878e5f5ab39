"""A map of more sites than one page holds: an overview of cells, and a page for each sheet of neighbouring sites.

Workers draw it in three strokes, so that whoever asks for it holds no site: rows of each sheet are copied into a folder
of their own, added up by cells and sampled; cells are joined; every sheet, and the overview, becomes a page.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from pvmap.errors import InputError
from pvmap.pages import MAP, is_sealed
from pvmap.settings.city import Settings
from pvmap.webmap.build import Share, build_map, compose, makers_folder
from pvmap.webmap.cells import cell_side_m
from pvmap.webmap.ground import keep_lines
from pvmap.webmap.i18n import TEXTS
from pvmap.webmap.meta import NEVER
from pvmap.webmap.plan import targets_meta
from pvmap.webmap.scratch import Each, perform
from pvmap.webmap.shared_scales import scales_of
from pvmap.webmap.sheets import About, Sheet, city_zone, first_sites, groups_of, join_cells, sheets_of, weigh_sheet
from pvmap.webmap.style import Variable
from pvmap.webmap.writing import write_file
from pvmap.webmap.zones import outlines
from pvmap.written import Tell, silent

SHEETS = "sheets"  # folder of their pages
LINES = "lines.parquet"  # waters and roads, beside the folders of sheets
OF_A_PAGE = 4  # a sheet has at most so small a part of the sites that a page may have
_PAGE = re.compile(r"\d+\.html")


def draw_map(
    processed: Path,
    maps: Path,
    settings: Settings,
    stretches: pd.DataFrame,
    layout: Literal["file", "folder"] = "file",
    older: Path | None = None,
    raw: Path | None = None,
    each: Each = map,
    tell: Tell = silent,
) -> Path:
    """Build the map of a city: one page, or an overview and sheets where there are more sites than a page holds.

    Parameters
    ----------
    processed, maps, settings, layout, older, raw, each, tell
        As for `build.build_map`; `layout` is that of one page.
    stretches
        By limits on the curve, how many rows of `appraisal` and of `exclusions` lie there.

    Returns
    -------
    Path
        The page, or the overview.

    Raises
    ------
    InputError
        As for `build.build_map`, or all sites of a city of many sheets are hidden.
    """
    n_sites = int(stretches["appraisal"].sum())
    if n_sites <= settings.map.sites_per_page:
        page = build_map(processed, maps, settings, layout, older, raw, each, tell)
        _remove_pages(maps, ())
        return page
    with makers_folder(processed) as scratch:
        do = partial(each, partial(perform, scratch))
        city = city_zone(processed)
        side_m = cell_side_m(city.total_bounds.tolist(), settings.planning.grid_cell_m)
        groups = groups_of(stretches, settings.map.sites_per_page // OF_A_PAGE)
        keeping = [] if raw is None else [partial(keep_lines, settings, raw, city.crs, scratch / LINES)]
        starts, *_ = do([partial(first_sites, processed, [int(one.index[0][0]) for one in groups]), *keeping])
        sheets = sheets_of(groups, starts, processed, scratch, settings, side_m)
        samples = list(do([partial(weigh_sheet, sheet) for sheet in sheets]))
        scales = scales_of(pd.concat(samples, ignore_index=True), settings)
        (known,) = do([partial(join_cells, sheets, city.crs, scratch / "overview")])
        overview = partial(draw_overview, sheets[0], known, scratch / "overview", maps, older, raw)
        sheets = [sheet for sheet in sheets if not known[sheet.number - 1].area.is_empty]  # of others all is masked
        if not sheets:
            raise InputError("No site may be shown: see map.masked_sites and, in a public build, inputs.sensitive.")
        (maps / SHEETS).mkdir(parents=True, exist_ok=True)
        for kept in do([overview, *(partial(draw_sheet, sheet, known, scales, maps, raw) for sheet in sheets)]):
            for one in kept:
                tell(one)
    _remove_pages(maps, [sheet.number for sheet in sheets])
    return maps / "index.html"


def draw_sheet(
    sheet: Sheet, known: Sequence[About], scales: dict[str, Variable], maps: Path, raw: Path | None
) -> list[str]:
    """Draw the page of a sheet, and tell what was set aside for it."""
    own = known[sheet.number - 1]
    beside = [one.told("") for one in known if one is not own and one.area.intersects(own.area)]
    meta = {"sheet": {**own.told(""), "overview": "../index.html", "beside": beside}}
    share = Share(meta, scales, bounds=own.area.bounds)
    return _draw(sheet.folder, maps / SHEETS / sheet.file, _untargeted(sheet.settings), share, raw)


def draw_overview(
    sheet: Sheet, known: Sequence[About], folder: Path, maps: Path, older: Path | None, raw: Path | None
) -> list[str]:
    """Draw the overview of all sheets, of which `sheet` is one, and tell what was set aside for it."""
    settings, side_m = sheet.settings, sheet.cell_m
    areas = gpd.GeoDataFrame(geometry=[one.area for one in known], crs=city_zone(sheet.processed).crs)
    rings = outlines(areas, 0.0)
    cell = f"{side_m / 1e3:g}"
    texts = {key: [one.replace("1", cell, 1) for one in TEXTS[key]] for key in ("level.grid", "aggregates.grid")}
    meta: dict[str, Any] = {
        "sheets": [{**one.told(f"{SHEETS}/"), "rings": ring} for one, ring in zip(known, rings, strict=True) if ring],
        "cell_km": cell,
        "dots_from": NEVER,
        **targets_meta(sheet.processed, settings),
    }
    own = _untargeted(settings)
    planning = own.planning.model_copy(update={"grid_cell_m": side_m})
    unlisted = own.map.model_copy(update={"priority_count": 0, "masked_sites": ()})
    own = own.model_copy(update={"planning": planning, "map": unlisted})
    share = Share(meta, {}, folder / "n_sites.npy", texts)
    return _draw(folder, maps / "index.html", own, share, raw, older)


def _draw(
    folder: Path, page: Path, settings: Settings, share: Share, raw: Path | None, older: Path | None = None
) -> list[str]:
    kept: list[str] = []
    scratch = folder / "map"
    try:
        scratch.mkdir(exist_ok=True)  # by whom it was tried before
        share = share._replace(lines=folder.parent / LINES)
        made = compose(folder, settings, scratch, "", older, raw, share=share)
        write_file(page, made.page.get_root().render(), made, kept.append)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return kept


def _untargeted(settings: Settings) -> Settings:
    """Leave targets out: a page of some sites cannot count towards them."""
    policy = settings.planning.policy.model_copy(update={"targets": ()})
    return settings.model_copy(update={"planning": settings.planning.model_copy(update={"policy": policy})})


def _remove_pages(maps: Path, kept: Collection[int]) -> None:
    """Remove the pages of sheets that an earlier map had more, unless somebody has changed them."""
    for path in (maps / SHEETS).glob("*.html"):
        if _PAGE.fullmatch(path.name) and int(path.stem) not in kept and is_sealed(path, MAP):
            path.unlink()
