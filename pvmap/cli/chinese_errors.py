"""Errors in Chinese, by the English sentences that the code makes: what stands in braces is taken over as it is."""

from __future__ import annotations

import re
from functools import cache

LONGEST = 4000  # letters of a sentence that is compared with all templates
OURS = {"more", "remedy", "why"}  # braces that may hold other sentences of the table; the rest is what users wrote


def said(sentence: str) -> str:
    """Say an error in Chinese where the table has it, else as it is."""
    if len(sentence) > LONGEST:
        return sentence
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(sentence):
            return chinese.format(**{name: said(v) if name in OURS else v for name, v in found.groupdict().items()})
    return sentence


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Make a pattern for each English sentence, those with most words of their own first."""
    longest_first = sorted(ERRORS, key=lambda english: -len(re.sub(r"\{\w+\}", "", english)))
    return [(re.compile(_pattern(one), re.DOTALL), ERRORS[one]) for one in longest_first]


def _pattern(english: str) -> str:
    parts = re.split(r"\{(\w+)\}", english)  # words, name, words, name, ..., words
    names = (f"(?P<{name}>.*?)" if name in OURS else f"(?P<{name}>.+?)" for name in parts[1::2])
    return "".join(a + b for a, b in zip(map(re.escape, parts[::2]), [*names, ""], strict=True))


ERRORS: dict[str, str] = {
    # the city file and what it names
    "City file {city} is not there; give the path of a TOML file or a name from {folder}/.": (
        "找不到城市文件 {city}；请给出 TOML 文件的路径，或 {folder}/ 中的城市名。"
    ),
    "No city named {city} in {folder}/ (there: {names}); name one of them, give the path of a TOML file, or begin "
    "one with `pvmap new NAME`.": "{folder}/ 中没有名为 {city} 的城市（现有：{names}）；请写其中之一、给出 TOML 文"
    "件的路径，或用 `pvmap new NAME` 新建。",
    "{path} is not valid TOML: {fault}.": "{path} 不是有效的 TOML 文件：{fault}。",
    "{path} is nested too deeply; pipelines/TEMPLATE.toml shows what a city file holds.": (
        "{path} 嵌套过深；城市文件的写法见 pipelines/TEMPLATE.toml。"
    ),
    "{path}: unknown key {where}; allowed here: {allowed}{more}.": "{path}：没有 {where} 这个键；此处可用："
    "{allowed}{more}。",
    "{path}: key {where} is missing; pipelines/TEMPLATE.toml explains it{more}.": "{path}：缺少键 {where}；说明见 "
    "pipelines/TEMPLATE.toml{more}。",
    "{path}: {where} = {given} is not possible: {fault}{more}.": "{path}：{where} = {given} 不可用：{fault}{more}。",
    " ({n} more to put right)": "（另有 {n} 处待改正）",
    "{n} input file(s) of city {name} are not there; put them in place:\n{lines}": "城市 {name} 缺少 {n} 个输入文"
    "件；请放到以下位置：\n{lines}",
    "City {name} names no weather: `pvmap fetch {again} weather` brings a typical year, to be named under "
    '[[weather.points]] (path = "weather.json", format = "fetched"); or name a file of your own there.': (
        "城市 {name} 没有气象：可用 `pvmap fetch {again} weather` 取得典型年，写入 [[weather.points]]（path = "
        '"weather.json", format = "fetched"），或在该处写自己的文件。'
    ),
    "City {name} names no buildings, mines or fishponds; add at least one under [inputs].": (
        "城市 {name} 没有写建筑、矿山或鱼塘；请在 [inputs] 下至少写一项。"
    ),
    "{path} is there already; edit it, or give the new city another name.": "{path} 已存在；请直接编辑，或换一个城"
    "市名。",
    "Nothing says where the city lies: give --bbox W S E N, or --boundary FILE ({raw} holds nothing fetched).": (
        "不知道城市在哪里：请给出 --bbox 西 南 东 北，或 --boundary 文件（{raw} 中没有已获取的数据）。"
    ),
    "city.crs = {crs} is not a CRS; {remedy}.": "city.crs = {crs} 不是坐标系；{remedy}。",
    "city.crs = {crs} is not projected, so it has no metres; {remedy}.": "city.crs = {crs} 不是投影坐标系，没有米"
    "制单位；{remedy}。",
    # files
    "{path} is not there; {remedy}.": "{path} 不存在；{remedy}。",
    "{path} is a link to {target}, which is not there; {remedy}.": "{path} 链接到 {target}，而后者不存在；{remedy}。",
    "{path} cannot be opened: {reason}; {remedy}.": "{path} 无法打开：{reason}；{remedy}。",
    "{path} cannot be read: {reason}.": "{path} 无法读取：{reason}。",
    "{path}: no file matches this pattern; put the files in place or correct it.": "{path}：没有文件符合此模式；请"
    "放好文件或改正模式。",
    "it is to be had from {origin}": "可从 {origin} 取得",
    "put the file in place or correct its path": "请放好文件或改正路径",
    "set city.crs to a projected CRS in metres, for example EPSG:4549, or leave it empty": (
        "请把 city.crs 设为以米为单位的投影坐标系，例如 EPSG:4549，或留空"
    ),
    "latitude and longitude are swapped": "经纬度写反了",
    "state the CRS they are in as crs": "请用 crs 注明其坐标系",
    "{path} is not text in UTF-8, UTF-16 or GB18030; save it as UTF-8, or state its encoding.": (
        "{path} 不是 UTF-8、UTF-16 或 GB18030 文本；请另存为 UTF-8，或注明编码。"
    ),
    "{path} is not {encoding} text (byte {position}); save it as UTF-8.": "{path} 不是 {encoding} 文本（第 "
    "{position} 字节）；请另存为 UTF-8。",
    "{path} is not text in {encoding}; state its encoding in the city file.": "{path} 不是 {encoding} 文本；请在城"
    "市文件中注明编码。",
    "{path} is empty; export it again or drop it from the city file.": "{path} 是空的；请重新导出，或从城市文件中"
    "去掉。",
    '{path} states no CRS; state it in the city file, for example crs = "EPSG:4326".': (
        '{path} 没有坐标系；请在城市文件中注明，例如 crs = "EPSG:4326"。'
    ),
    "{path}: crs = {crs} is not a CRS; write for example EPSG:4549.": "{path}：crs = {crs} 不是坐标系；可写 "
    "EPSG:4549 等。",
    "{path} has no geometry, only columns; join the table to polygons first.": "{path} 只有属性列，没有图形；请先"
    "与多边形关联。",
    "{path} has no column {theirs} (columns.{ours}); it has {present}.": "{path} 没有列 {theirs}（columns.{ours}）"
    "；现有：{present}。",
    "{path}: columns.{ours} is not a column pvmap knows; it knows {known}.": "{path}：columns.{ours} 不是已知的列"
    "；可用：{known}。",
    "{path}: where = {where} names no column of the file.": "{path}：where = {where} 没有用到文件中的列。",
    "{path}: where = {where} is not a condition on its columns: {fault}.": "{path}：where = {where} 不是关于各列的"
    "条件：{fault}。",
    "{path}: no row satisfies where = {where}; correct it in the city file.": "{path}：没有一行符合 where = "
    "{where}；请在城市文件中改正。",
    "{path}: none of its {n} rows can be used: {why}; {remedy}.": "{path}：{n} 行都不可用：{why}；{remedy}。",
    "{name} is not JSON that can be read: {fault}; export it again.": "{name} 不是可读的 JSON：{fault}；请重新导出。",
    "{path} is not a zip file that can be read; fetch it again.": "{path} 不是可读的压缩文件；请重新获取。",
    "{path} is encrypted; unpack it and name the file that was in it.": "{path} 已加密；请解压后写其中的文件。",
    "City {name}: no site is left after reading: {why}; check its layers and filters.": "城市 {name}：读入后没有剩"
    "下任何场址：{why}；请检查图层与筛选条件。",
    # a run
    "{path} is not there; run `pvmap map` for this city first.": "{path} 不存在；请先对该市运行 `pvmap map`。",
    "{path} is damaged and cannot be read ({reason}); run `pvmap map` for this city again.": (
        "{path} 已损坏，无法读取（{reason}）；请对该市重新运行 `pvmap map`。"
    ),
    "{path} is damaged; run `pvmap map` for this city again.": "{path} 已损坏；请对该市重新运行 `pvmap map`。",
    "{path} is damaged or was written by another version; run `pvmap map` for this city again.": (
        "{path} 已损坏，或由其他版本写成；请对该市重新运行 `pvmap map`。"
    ),
    "The tables in {folder} were made otherwise than they would be now ({why}); {remedy}": (
        "{folder} 中的结果与现在的输入、设置或程序不符（{why}）；{remedy}"
    ),
    "run `pvmap map {name}` first.": "请先运行 `pvmap map {name}`。",
    "run `pvmap plan {name}` or `pvmap map {again}` first.": "请先运行 `pvmap plan {name}` 或 `pvmap map {again}`。",
    "{folder} is in use by `pvmap {command}`, process {process} on {host} since {since}; wait for it or end it (a "
    "lock without a sign of life for {seconds} s is taken away).": "{folder} 正被 `pvmap {command}` 使用（{host} "
    "上的进程 {process}，始于 {since}）；请等待或结束它（{seconds} 秒无动静的锁会自动解除）。",
    "{folder} has gone away while the run was under way; see to the disk and run again.": (
        "{folder} 在计算中途消失了；请检查磁盘后重新运行。"
    ),
    "{n} tile(s) failed, the map says so; run again to try only these:\n{lines}": "{n} 个分块失败，地图已注明；再"
    "次运行只算这些：\n{lines}",
    "Every tile of {name} failed, first: {first}": "{name} 的所有分块都失败，第一个：{first}",
    "No site {site_id} was assessed in {folder}; the popup on the map shows the id of each site.": (
        "{folder} 中没有场址 {site_id}；编号见地图弹窗。"
    ),
    "No site {site_id} in this run; the popup on the map shows the id of each site.": "本次结果中没有场址 "
    "{site_id}；编号见地图弹窗。",
    "No run can be kept as {name}: {fault}.": "不能以 {name} 为名保留结果：{fault}。",
    "{place} is there already; keep this run under another name, or delete that one.": "{place} 已存在；请换一个名"
    "称保留，或删除它。",
    "{older} is in another CRS than this run; compare runs of one city.": "{older} 与本次结果坐标系不同；只能比较"
    "同一城市的结果。",
    "No table named {table}; there are {tables}.": "没有名为 {table} 的表；现有：{tables}。",
    "No finding has the code {code}; `pvmap findings` lists them.": "没有代码为 {code} 的发现；`pvmap findings` 会"
    "列出全部。",
    "{path}, line {line}: decision {decision} is none of {allowed}.": "{path} 第 {line} 行：decision {decision} 不"
    "在可用之列：{allowed}。",
    "{path}: no site {site_id} in this run ({n} unknown ids); see sites.parquet.": "{path}：本次结果中没有场址 "
    "{site_id}（共 {n} 个未知编号）；见 sites.parquet。",
    # what is not installed, and workers
    "Fetching needs {name}, which is not installed; pip install 'pvmap[fetch]'.": "获取数据需要 {name}，尚未安装；"
    "请 pip install 'pvmap[fetch]'。",
    "--solve needs PyPSA and HiGHS, which are not installed: pip install 'pvmap[solve]'.": (
        "--solve 需要 PyPSA 与 HiGHS，尚未安装：请 pip install 'pvmap[solve]'。"
    ),
    "--dashboard and --profile need bokeh: pip install 'pvmap[dashboard]'.": "--dashboard 与 --profile 需要 "
    "bokeh：请 pip install 'pvmap[dashboard]'。",
    "--dashboard and --profile show Dask's workers; leave out --workers 0.": "--dashboard 与 --profile 显示的是计"
    "算进程；请去掉 --workers 0。",
    "--scheduler {scheduler}: no Dask scheduler answers there ({why}); start one or drop the option.": (
        "--scheduler {scheduler}：该处没有 Dask 调度器应答（{why}）；请启动一个，或去掉此选项。"
    ),
    "--scheduler {scheduler}: the scheduler has no workers; start `dask worker {again}`.": (
        "--scheduler {scheduler}：调度器没有计算进程；请启动 `dask worker {again}`。"
    ),
    "Worker processes end as soon as they start (killed, or no memory left for them); see to the memory, ask for "
    "fewer by --workers, or compute in this process by --workers 0.": "计算进程一启动就结束（被终止或内存不足）；"
    "请检查内存、用 --workers 减少进程，或用 --workers 0 在本进程内计算。",
    "Column {column} reaches {value}, more than the map can hold; look for a price, a cost or a share with too many "
    "digits in the city file.": "列 {column} 的值达到 {value}，超出地图所能存放的范围；请检查城市文件中是否有位数过多"
    "的价格、费用或比例。",
}
