"""The first city file of a city: short, commented, and the folder its inputs go into."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pvmap.config import folders, understand
from pvmap.disk import errors, write_atomically
from pvmap.errors import ConfigError

HEAD = """\
# 每个键的含义与默认值：pvmap template · every key with its default: pvmap template
# 1. 文件放入 data/raw/{name}/ · files go there   2. pvmap check {name}   3. pvmap map {name}

[city]
name = {quoted}
title_zh = {title_zh}
title_en = {title_en}
data_date = ""    # 数据日期，例如 "2026年6月" · date of the data
attribution = ""  # 数据归属 · whose data this is
#crs = "EPSG:4549"  # 米制坐标系，不写则按数据位置选 · metric CRS, else chosen from where the data lie
"""
INPUTS = """
[[inputs.buildings]]  # 建筑轮廓 · footprints; our name = column of the file
path = "buildings.gpkg"
#datum = "gcj02"  # 高德、腾讯坐标；百度写 bd09 · Gaode, Tencent; bd09: Baidu
#columns = { id = "编号", height_m = "高度", floors = "层数", building_use = "用途" }
#[[inputs.mines]]  # 废弃矿山 · abandoned mines
#path = "mines.gpkg"
#[[inputs.fishponds]]  # 养殖坑塘 · fishponds
#path = "fishponds.gpkg"
#[inputs.districts]  # 区县界 · districts
#path = "districts.geojson"
#columns = { name = "name" }
#[inputs.dem]  # 地面高程 · terrain
#path = "dem.tif"

[[weather.points]]  # pvmap fetch CITY weather 获取典型年 · brings a typical year; or format = "epw" and its path
path = "weather.json"
format = "fetched"
"""


def new_city(name: str, root: Path) -> tuple[Path, Path]:
    """Write ``pipelines/NAME.toml`` and make the folder of its inputs.

    Parameters
    ----------
    name
        Short name of the city: small letters, digits, ``_`` and ``-``.
    root
        Folder that holds or gets pipelines/ and data/.

    Returns
    -------
    tuple
        City file and folder of its inputs.

    Raises
    ------
    ConfigError
        The name cannot be one, or the city file is there already.
    """
    return began(name, root, city_file(name, f"{name} 光伏开发潜力地图", f"PV potential of {name}", INPUTS))


def began(name: str, root: Path, text: str) -> tuple[Path, Path]:
    """Write the text of a city file where no other is, and make the folder of its inputs; as `new_city`."""
    path = root / "pipelines" / f"{name}.toml"
    settings = understand(path, text)
    if os.path.lexists(path):
        raise ConfigError(f"{path} is there already; edit it, or give the new city another name.")
    raw = folders(settings, path, root).raw
    with errors(raw):
        raw.mkdir(parents=True, exist_ok=True)
    return write_atomically(path, lambda p: p.write_text(text, encoding="utf-8")), raw


def city_file(name: str, title_zh: str, title_en: str, inputs: str) -> str:
    """Return the text of a city file; names and titles are quoted, `inputs` is TOML."""
    quoted, zh, en = (json.dumps(text, ensure_ascii=False) for text in (name, title_zh, title_en))
    return HEAD.format(name=name, quoted=quoted, title_zh=zh, title_en=en) + inputs
