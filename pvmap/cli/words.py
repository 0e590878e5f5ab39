"""What the command line says, in the language of its user: English where it stands, Chinese in tables.

Names that the map has too (kinds of site, why a row was refused) come from the map's own table.
"""

from __future__ import annotations

import locale
import os
from functools import cache
from typing import Any

import typer
from rich.markup import escape
from typer import rich_utils

from pvmap import chinese_errors
from pvmap.cli.chinese_explain import EXPLAIN
from pvmap.cli.chinese_help import HELP
from pvmap.currency import in_chinese
from pvmap.deliver.aliases import field_alias
from pvmap.sentence import Sentence
from pvmap.webmap.i18n import TEXTS

GROUPS = {"use": "building_use"} | {
    one: one for one in ("kind", "decision", "plan_class", "grid_grade")
}  # names of values of a sentence, and the group of the map's table that they are in
PANELS = {"argument": "参数", "option": "选项"}


@cache
def speaks_chinese() -> bool:
    """Whether the user's locale is Chinese, as POSIX or Windows tells it."""
    asked = next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := os.environ.get(name))), None)
    return (asked or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))


def word(english: str, **values: object) -> str:
    """Say a sentence in the user's language, `values` in its braces."""
    told = CHINESE.get(english, english) if speaks_chinese() else english
    return told.format(**values) if values else told


def in_words(told: str) -> str:
    """Say a sentence that was made elsewhere in the user's language, where the table has it."""
    if not speaks_chinese() or not isinstance(told, Sentence) or told.template not in CHINESE:
        return told
    known = {key: name(GROUPS[key], v) for key, v in told.values.items() if key in GROUPS and isinstance(v, str)}
    parts = {key: in_words(v) for key, v in told.values.items() if isinstance(v, Sentence)}
    return Sentence(told.template, **{**told.values, **known, **parts}).said(CHINESE[told.template])


def complaint(sentence: str) -> str:
    """Say an error in the user's language, where the table of errors has it."""
    return chinese_errors.said(sentence) if speaks_chinese() else sentence


def name(group: str, key: str) -> str:
    """Name something of a group, `kind` or `refused`, as the map does where the user reads Chinese, else by its key."""
    return TEXTS[f"{group}.{key}"][0] if speaks_chinese() and f"{group}.{key}" in TEXTS else word(key)


def column(key: str) -> str:
    """Name a column as the workbook and the GeoPackage do where the user reads Chinese, else by its key."""
    return field_alias(key)[0] if speaks_chinese() else key


def money(currency: str) -> str:
    """Name a currency in the user's language."""
    return in_chinese(currency) if speaks_chinese() else currency


def translate(command: Any) -> None:
    """Put the help of a command, of its parameters and of the commands below it into the user's language, as text."""
    own = command.get_help_option(typer.Context(command))
    for one in (command, *command.params, *([own] if own else [])):
        if getattr(one, "help", None):
            one.help = escape(HELP.get(one.help, one.help) if speaks_chinese() else one.help)
    if speaks_chinese():
        command.rich_help_panel = "命令"
        command.options_metavar, command.subcommand_metavar = "[选项]", "命令 [参数]..."
        usage = command.get_usage
        command.get_usage = lambda context: usage(context).replace("Usage: ", "用法：", 1)
        rich_utils.DEFAULT_STRING, rich_utils.REQUIRED_LONG_STRING = "[默认：{}]", "[必填]"
        for parameter in (*command.params, *([own] if own else [])):
            parameter.rich_help_panel = PANELS[parameter.param_type_name]
    for one in getattr(command, "commands", {}).values():
        translate(one)


CHINESE: dict[str, str] = {
    "stopped; what is finished is kept: run again to resume.": "已停止；已完成的部分保留，再次运行即可继续。",
    "Refused: ": "未采用：",
    # status
    "Nobody works on it.": "当前没有计算在进行。",
    "`pvmap {command}` works on it, process {process} on {host} since {since}.": "`pvmap {command}` 正在计算："
    "{host} 上的进程 {process}，始于 {since}。",
    "Tiles: {counted}.": "分块：{counted}。",
    "not read yet": "尚未读入",
    ", ": "，",
    "done": "已完成",
    "failed": "失败",
    "stale": "已过期",
    "to do": "待算",
    "Last step: {step}, {done} of {total}.": "最后一步：{step}，{done}/{total}。",
    "It ended: {why}": "已中止：{why}",
    "Left at this pace: {left} until all tiles are assessed.": "按当前速度还需 {left} 算完全部分块。",
    "  tile {name} failed: {why}": "  分块 {name} 失败：{why}",
    "Warning: ": "存疑：",
    # new, map, plan
    "Wrote {path}: name your files in it, put them into {raw}, then `pvmap check {name}`.": "已写入 {path}：在其中"
    "填写文件名，把文件放入 {raw}，然后运行 pvmap check {name}。",
    "Wrote {path} with country = {country}, {why}: correct it if need be, then `pvmap fetch {name}`.": "已写入 {path}，"
    "其中 country = {country}，{why}：如不符请改正，然后运行 pvmap fetch {name}。",
    "guessed from the place": "由位置推断",
    "not known": "事先未知",
    "size": "大小",
    "as you said": "按所给选项",
    "Technical potential, first year": "技术可开发规模，首年",
    "kind": "类型",
    "sites": "场址",
    "GWh/yr": "GWh/年",
    "all": "合计",
    "Open {index}": "请打开 {index}",
    "{folder}: {files} are of an earlier run; `pvmap plan {city}` makes them anew.": (
        "{folder}：{files} 为此前运行的成果；请运行 `pvmap plan {city}` 重新生成。"
    ),
    "{page} shows an earlier run; `pvmap map {city}` draws it anew.": (
        "{page} 显示的是此前的运行；请运行 `pvmap map {city}` 重新绘制。"
    ),
    "{path} is not as pvmap wrote it: kept as {kept}.": "{path} 与 pvmap 写出的不同：已保留为 {kept}。",
    "{folder}: {files} not of the run, not sent.": "{folder}：{files} 并非本次运行的成果，未上传。",
    "Dashboard: {link}": "Dask 实时页面：{link}",
    # steps of a run
    "make the synthetic city": "生成合成城市",
    "read and tile the city": "读取并分块",
    "lay out terrain and buildings": "铺设地形与建筑",
    "assess tiles": "逐块计算",
    "upload": "上传",
    "draw the solar raster": "绘制日照栅格",
    "gather tables and appraise": "汇总与评价",
    "plan ahead": "规划推演",
    "check what was computed twice": "核对重复计算之数",
    "draw the map": "生成地图",
    "appraise": "评价",
    "write workbook, GeoPackage, profiles and PyPSA network": "写出报表、GeoPackage、逐时曲线与 PyPSA 网络",
    # check
    "{kind}: {read} rows read + {parts} parts exploded = {kept} kept + {refused} refused": "{kind}：读取 {read} 行 + "
    "拆分 {parts} 块 = 保留 {kept} + 未采用 {refused}",
    "  {n} refused: {reason}": "  未采用 {n}：{reason}",
    "weather {name}: {sun} kWh/m2 a year on the horizontal, {source}": "气象 {name}：水平面年辐照 {sun} 千瓦时/平方米，"
    "{source}",
    ", not corrected": "，未订正",
    "not checked, because no file answers them: {names}": "未核查（没有文件）：{names}",
    # diff
    "Inputs, settings and versions are the same.": "输入、设置与版本均相同。",
    "Uploaded; {manifest} names every file.": "已上传；{manifest} 列出全部文件。",
    "Whole city": "全市",
    "By district": "分区县",
    "district": "区县",
    "before": "之前",
    "after": "之后",
    "difference": "差额",
    "sites before": "场址 之前",
    "sites after": "场址 之后",
    "new": "新增",
    "gone": "消失",
    "changed": "变化",
    "outside": "界线以外",
    "Levelised cost: {a} -> {b} {money}/kWh ({change}).": "度电成本：{a} -> {b} {money}/千瓦时（{change}）。",
    "Specific yield: {a} -> {b} kWh/kWp ({change}).": "首年利用小时：{a} -> {b} 小时（{change}）。",
    "column": "列",
    "largest change": "最大变化",
    "What changed of sites in both": "两次均有的场址，哪些列变了",
    "{n} sites are new, gone or changed.": "{n} 处场址新增、消失或变化。",
    "{n} of them are named by their row, which may be another site's now; give the layer ids of its own.": "其中 {n} 处"
    "以行号命名，同一行号现在可能是另一处场址；请为该图层提供唯一编号。",
    # schema, findings
    "unit": "单位",
    "meaning": "含义",
    "code": "代码",
    "severity": "程度",
    "refused": "未采用",
    "doubtful": "存疑",
    "note": "说明",
    "what is found": "发现",
    "remedy": "处理办法",
    "cause": "原因",
    "threshold": "条件",
    "source": "依据",
    "when": "条件",
    "What check and map may find": "核查与计算可能发现的问题",
    # fetch
    "layer": "图层",
    "provider": "提供方",
    "from": "来源",
    "licence": "许可",
    "there": "已有",
    "yes": "是",
    ", was there": "，已有",
    "{file}: {rows} of {provider}, {licence}": "{file}：{rows}，来自 {provider}，{licence}",
    "{n} rows": "{n} 条",
    "{n} cells": "{n} 个栅格",
    "{n} hours": "{n} 小时",
} | EXPLAIN
