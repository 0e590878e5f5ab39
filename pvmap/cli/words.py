"""What the command line says, in the language of its user: English where it stands, Chinese in a table."""

from __future__ import annotations

import locale
import os
from functools import cache


@cache
def speaks_chinese() -> bool:
    """Whether the user's locale is Chinese, as POSIX or Windows tells it."""
    asked = next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := os.environ.get(name))), None)
    return (asked or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))


def word(english: str, **values: object) -> str:
    """Say a sentence in the user's language, `values` in its braces."""
    told = CHINESE.get(english, english) if speaks_chinese() else english
    return told.format(**values) if values else told


CHINESE: dict[str, str] = {
    "Inputs, settings and versions are the same.": "输入、设置与版本均相同。",
    "Whole city": "全市",
    "By district": "分区县",
    "kind": "类型",
    "district": "区县",
    "before": "之前",
    "after": "之后",
    "difference": "差额",
    "sites before": "场址 之前",
    "sites after": "场址 之后",
    "new": "新增",
    "gone": "消失",
    "changed": "变化",
    "all": "合计",
    "outside": "界线以外",
    "rooftop": "屋顶",
    "mine": "废弃矿山",
    "fishpond": "鱼塘",
    "Levelised cost: {a} -> {b} CNY/kWh ({change}).": "度电成本：{a} -> {b} 元/千瓦时（{change}）。",
    "Specific yield: {a} -> {b} kWh/kWp ({change}).": "首年利用小时：{a} -> {b} 小时（{change}）。",
    "column": "列",
    "sites": "场址",
    "largest change": "最大变化",
    "What changed of sites in both": "两次均有的场址，哪些列变了",
    "{n} sites are new, gone or changed.": "{n} 处场址新增、消失或变化。",
}
