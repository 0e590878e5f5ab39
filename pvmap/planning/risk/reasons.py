"""Why a site's energy is not surer: the largest causes of its spread by name, and what would mend them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pvmap.planning.risk.input_errors import UNKNOWN, form_known, height_origin

REASONS = {  # as tables have them: in Chinese, what would mend it in English and in Chinese
    "height unknown": ("高度未知", "measure the height", "测量建筑高度"),
    "height from floors": ("高度由层数推算", "measure the height", "测量建筑高度"),
    "height from a public model": ("高度取自公开模型", "measure the height", "测量建筑高度"),
    "height of unstated origin": (
        "高度来源未说明",
        "say where the heights come from, or measure",
        "说明高度来源或实测",
    ),
    "heights around": ("周边建筑高度", "measure the neighbours' heights", "测量周边建筑高度"),
    "use unknown": ("用途未知", "find out the use", "核实建筑用途"),
    "use assumed": ("用途为假定", "find out the use", "核实建筑用途"),
    "outline": ("轮廓误差", "survey the outline", "测绘建筑轮廓"),
    "form of the roof": ("屋面形式", "look at the roof", "查看屋面"),
    "ground unknown": (
        "场地条件未知",
        "bring a terrain model and the mine's own outline",
        "提供地形模型与矿山自身边界",
    ),
    "ground": ("场地条件", "survey the ground", "现场踏勘场地"),
    "dykes unknown": (
        "塘埂与水面未知",
        "bring the pond's own outline and say whether dykes are within it",
        "提供鱼塘自身边界并说明是否含塘埂",
    ),
    "dykes": ("塘埂与水面", "survey dykes and water", "实测塘埂与水面"),
    "weather": ("天气与辐照", "measure irradiance on the spot", "现场测光"),
    "model": ("模型误差", "", ""),
    "soiling": ("积灰", "", ""),
}
SKY = ("year", "resource", "transposition")
WORD_OF_HEIGHT = {
    "assumed": "height unknown",
    "floors": "height from floors",
    "public_model": "height from a public model",
    "unstated": "height of unstated origin",
}
WORD_OF_FORM = {  # by what is known of a form; roofs have one word
    "mine_no_terrain": "ground unknown",
    "mine_terrain": "ground",
    "pond_dykes_unknown": "dykes unknown",
    "pond_dykes_told": "dykes",
}


def reasons(sites: pd.DataFrame, sigma: dict[str, np.ndarray], count: int = 3) -> list[np.ndarray]:
    """Name the largest causes of each site's spread, the largest first.

    Parameters
    ----------
    sites
        Contract table, n rows.
    sigma
        (n,) relative standard deviations by cause.
    count
        How many.

    Returns
    -------
    list of numpy.ndarray
        `count` arrays (n,) of keys of `REASONS`.
    """
    words = {
        "height": pd.Series(height_origin(sites)).map(WORD_OF_HEIGHT).fillna("heights around").to_numpy(object),
        "use": np.where(sites["building_use"] == UNKNOWN, "use unknown", "use assumed"),
        "outline": np.full(len(sites), "outline"),
        "form": pd.Series(form_known(sites)).map(WORD_OF_FORM).fillna("form of the roof").to_numpy(object),
        "weather": np.full(len(sites), "weather"),
    }
    sizes = {name: values for name, values in sigma.items() if name not in SKY}
    sizes["weather"] = np.sqrt(sum(np.square(sigma[name]) for name in SKY))
    names = np.stack([words.get(name, np.full(len(sites), name)) for name in sizes], axis=1).astype(object)
    order = np.argsort(-np.stack(list(sizes.values()), axis=1), axis=1, kind="stable")[:, :count]
    return list(np.take_along_axis(names, order, axis=1).T)
