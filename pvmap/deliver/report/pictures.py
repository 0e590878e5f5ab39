"""Maps and charts of the report as pictures, in the colours of the map."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pvmap.colours import ALL_COLOUR, KIND_COLOURS
from pvmap.deliver.labels import LABELS
from pvmap.deliver.wording import Wording
from pvmap.deliver.words import KINDS
from pvmap.foreign_text import visible

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "PingFang SC", "WenQuanYi Zen Hei")
NO_FONT = "本机没有中文字体，未绘图；请安装任一中文字体（如 Noto Sans CJK SC）后重新生成。"
DOTS_PER_INCH = 160
MOST_DOTS = 60_000  # sites on the map of a report; more are the same cloud


@cache
def chinese_font() -> str | None:
    """Find a font that has Chinese letters, or none."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in there), None)


def site_map(
    sites: gpd.GeoDataFrame, appraisal: pd.DataFrame, districts: gpd.GeoDataFrame, note: str
) -> BytesIO | None:
    """Draw districts with their names, and each site that carries plants as a dot in the colour of its kind.

    Parameters
    ----------
    sites, appraisal
        Contract tables in the same order.
    districts
        Outlines with `zone_id`, the name; may be empty.
    note
        What stands below the map: approval number, marks.
    """
    with _figure(8.0, 7.2) as (figure, axes):
        if axes is None:
            return None
        if len(districts):
            districts.boundary.plot(ax=axes, color="#666666", linewidth=0.8)
            for name, point in zip(districts["zone_id"], districts.geometry.representative_point(), strict=True):
                axes.annotate(visible(str(name)), (point.x, point.y), ha="center", fontsize=9, color="#333333")
        carries = appraisal["capacity_kwp"].to_numpy(float)
        for kind, colour in KIND_COLOURS.items():
            at = np.flatnonzero((appraisal["site_type"] == kind).to_numpy() & (carries > 0))
            if not len(at):
                continue
            at = at[np.argsort(-carries[at], kind="stable")][:MOST_DOTS]
            middle = sites.geometry.iloc[at].representative_point()
            size = np.clip(np.sqrt(carries[at]) / 2.0, 2.0, 60.0)
            axes.scatter(middle.x, middle.y, s=size, c=colour, alpha=0.6, linewidths=0, label=KINDS[kind].zh)
        axes.set_aspect("equal")
        axes.set_axis_off()
        _scale_bar(axes)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="upper right", fontsize=9, markerscale=2, frameon=True)
        axes.annotate("北 ↑", (0.02, 0.95), xycoords="axes fraction", fontsize=11)
        axes.annotate(visible(note), (0.02, 0.0), xycoords="axes fraction", fontsize=7, color="#b00020")
        return _png(figure)


def bars(names: list[str], parts: dict[str, np.ndarray], title: str) -> BytesIO | None:
    """Draw stacked bars of kinds, `parts` by kind, over `names`."""
    with _figure(7.0, 3.4) as (figure, axes):
        if axes is None:
            return None
        below, names = np.zeros(len(names)), [visible(name) for name in names]
        for kind, values in parts.items():
            axes.bar(names, values, bottom=below, color=KIND_COLOURS.get(kind, ALL_COLOUR), label=KINDS[kind].zh)
            below = below + values
        axes.set_ylabel(title)
        axes.legend(fontsize=9)
        axes.grid(axis="y", alpha=0.3)
        return _png(figure)


def supply_curve(steps: pd.DataFrame, wording: Wording) -> BytesIO | None:
    """Draw levelised cost over cumulative capacity of each kind, from ``supply_curve.curve_steps``."""
    label = {name: wording.in_own(LABELS[name]) for name in ("cumulative_mwac", "lcoe_cny_per_kwh")}
    with _figure(7.0, 3.4) as (figure, axes):
        if axes is None:
            return None
        for kind, rows in steps.groupby("group", sort=False):
            axes.step(
                rows["cumulative_mwac"] * label["cumulative_mwac"].factor,
                rows["lcoe_cny_per_kwh"],
                where="pre",
                color=KIND_COLOURS.get(str(kind), ALL_COLOUR),
                label=KINDS[str(kind)].zh,
            )
        axes.set_xlabel(label["cumulative_mwac"].zh)
        axes.set_ylabel(label["lcoe_cny_per_kwh"].zh)
        axes.legend(fontsize=9)
        axes.grid(alpha=0.3)
        return _png(figure)


def build_out(years: list[int], cumulative: np.ndarray, target: np.ndarray) -> BytesIO | None:
    """Draw what stands at the end of each year, and the targets where there are any [10 MW AC]."""
    with _figure(7.0, 3.2) as (figure, axes):
        if axes is None:
            return None
        axes.bar([str(year) for year in years], cumulative, color=ALL_COLOUR, label="年末累计")
        known = np.isfinite(target)
        if known.any():
            axes.plot(np.flatnonzero(known), target[known], "o--", color="#b00020", label="目标")
        axes.set_ylabel("万千瓦（交流侧）")
        axes.legend(fontsize=9)
        axes.grid(axis="y", alpha=0.3)
        return _png(figure)


def duck(days: pd.DataFrame) -> BytesIO | None:
    """Draw the mean day of the month whose net load dips lowest, of all districts together [10 MW]."""
    whole = days.groupby(["month", "hour"])[["load_kw", "pv_kw", "net_kw"]].sum()
    month = int(whole.reset_index().sort_values("net_kw")["month"].iloc[0])
    day = whole.loc[month] / 1e4
    with _figure(7.0, 3.2) as (figure, axes):
        if axes is None:
            return None
        for column, name, colour in (
            *(("load_kw", "负荷", "#4D4D4D"), ("pv_kw", "光伏", "#D55E00")),
            ("net_kw", "净负荷（负值为反送电）", "#0072B2"),
        ):
            axes.plot(day.index, day[column], color=colour, label=name)
        axes.axhline(0.0, color="#999999", linewidth=0.8)
        axes.set_xlabel(f"{month}月平均日（时）")
        axes.set_ylabel("万千瓦（交流侧）")
        axes.legend(fontsize=9)
        axes.grid(alpha=0.3)
        return _png(figure)


@contextmanager
def _figure(width: float, height: float) -> Iterator[tuple[Figure, Axes | None]]:
    """Make a figure in which names are text and never formulas; its axes are None where no font has Chinese letters."""
    font = chinese_font()
    look: dict[Any, Any] = {"font.family": font or "sans-serif", "text.parse_math": False, "axes.unicode_minus": False}
    with mpl.rc_context(look):
        figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH)
        yield figure, None if font is None else figure.add_subplot()


def _png(figure: Figure) -> BytesIO:
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote letters that the font lacks as they are, and a terminal obeys some
        figure.savefig(out, format="png", bbox_inches="tight", metadata={"Software": None})
    out.seek(0)
    return out


def _scale_bar(axes: Axes) -> None:
    """Draw a bar of a round length, about a fifth of the map; axes are in metres."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    power = 10.0 ** np.floor(np.log10((right - left) / 5.0))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= (right - left) / 5.0)
    x, y = right - length - 0.02 * (right - left), low + 0.02 * (high - low)
    axes.plot([x, x + length], [y, y], color="#333333", linewidth=2)
    told = f"{length / 1e3:g} 千米" if length >= 1e3 else f"{length:g} 米"
    axes.annotate(told, (x + length / 2, y), xytext=(0, 4), textcoords="offset points", ha="center", fontsize=8)
