"""How the run came about: files with their hashes, counts, versions; and what was computed twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pvmap.deliver.sheets import Book
from pvmap.deliver.words import KINDS

SHORT = 16  # hexadecimal digits of a hash that tell two files apart
COUNTS = (("rows_read", "读入"), ("parts_exploded", "拆分增加"), ("kept", "保留"), ("refused", "拒绝"))


def write_self_check(book: Book, manifest: dict[str, Any]) -> None:
    """Show what was computed twice and whether it agrees, as run.json tells it."""
    rows = [
        {"number": number, **{f"identity_{key}": one[key] for key in ("name_zh", "name_en", "left", "right", "holds")}}
        for number, one in enumerate(manifest.get("self_check", []), start=1)
    ]
    if rows:
        book.table(book.sheet("自检", "self-check"), pd.DataFrame(rows))


def write_record(book: Book, manifest: dict[str, Any]) -> None:
    """Write where the numbers come from in words; `run.json` beside the workbook holds every detail."""
    rows = [{"item": item, "entry": entry, "item_en": english} for item, entry, english in _rows(manifest)]
    nothing = [{"item": "—", "entry": "—", "item_en": ""}]
    sheet = book.sheet("运行记录", "record of the run")
    book.table(sheet, pd.DataFrame(rows or nothing), aside={"item_en": 40.0})


def _rows(manifest: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if "created" in manifest:
        yield "生成时间", str(manifest["created"]), "created"
    if "crs" in manifest:
        yield "坐标系", str(manifest["crs"]), "coordinate system"
    for name, one in manifest.get("inputs", {}).items():
        size = f"，{one['bytes']:,} 字节" if "bytes" in one else ""
        yield f"输入文件：{name}", f"校验值 {one['sha256'][:SHORT]}{size}", "input file: start of its SHA-256, bytes"
    for kind, counts in manifest.get("counts", {}).items():
        told = "，".join(f"{word} {counts[key]:,}" for key, word in COUNTS if key in counts)
        yield f"{KINDS[kind].zh if kind in KINDS else kind}：行数", told, "rows read, added by parts, kept, refused"
    for point in manifest.get("weather", []):
        years = "、".join(map(str, point.get("years", [])))
        corrected = "已订正" if point.get("corrected") else "未订正"
        sun = f"水平面年总辐照 {point['ghi_kwh_per_m2']:,.0f} 千瓦时/平方米" if "ghi_kwh_per_m2" in point else ""
        yield (
            f"气象点：{point['weather_id']}",
            "，".join(filter(None, (sun, years and f"年份 {years}", corrected))),
            "weather",
        )
    for tile in manifest.get("incomplete_tiles", []):
        yield "未完成图块", str(tile), "tile that failed"
    for name, version in manifest.get("versions", {}).items():
        yield f"软件版本：{name}", str(version)[:SHORT], "version"
