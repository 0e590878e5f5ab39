"""The help of commands and their parameters in Chinese, by its English."""

from __future__ import annotations

HELP: dict[str | None, str] = {
    "The command line: one screen a command.": "城市光伏潜力：从建筑、矿山、鱼塘到地图与报表。",
    "Print the version and end.": "显示版本。",
    "Show this message and exit.": "显示本说明。",
    # commands
    "Begin a city: a short city file with comments, and the folder its files go into.": "新建一个城市：带注释的简短"
    "城市文件，以及存放数据的文件夹。",
    "Fetch public data for a city's window: buildings, water, terrain, weather and more.": "获取该市范围的公开数据："
    "建筑、水面、地形、气象等。",
    "Build a city's tables and its map.": "计算一个城市的数据表并生成地图。",
    "Write what planners take away: workbook, report, GeoPackage, hourly profiles, PyPSA network.": "写出规划成果："
    "报表、报告、GeoPackage、逐时曲线、PyPSA 网络。",
    "Tell what changed between two runs and why, for the whole city and by district.": "比较两次计算：全市与各区县"
    "变了什么，为什么。",
    "Send a finished run, its tables, files and map, to object storage.": "将已完成的计算（数据表、成果文件与地图）"
    "上传到对象存储。",
    "Folder in object storage: s3://BUCKET/FOLDER; see PVMAP_STORAGE.": "对象存储中的文件夹：s3://BUCKET/FOLDER；"
    "参见 PVMAP_STORAGE。",
    "Read a city's inputs and say what is wrong or doubtful, without computing anything.": "只读取输入并指出错误与"
    "存疑之处，不做计算。",
    "Tell how far a city is: tiles done, failed, stale and to do, who works on it, and for how long yet.": "查看进度："
    "分块已完成、失败、过期、待算各多少，谁在计算，还需多久。",
    "Tell how one site's number came about.": "说明一处场址的数字从何而来。",
    "Print the tables' columns with units.": "列出各数据表的列与单位。",
    "Print what can be doubtful about inputs: code, cause, threshold, remedy.": "列出输入可能存疑之处：代码、原因、"
    "界限、处理办法。",
    "Print what assumptions and rules rest on, by the keys that their sources name.": "列出参数与规则的依据文献。",
    "Print a city file with every key, its default, mark and source, as pipelines/TEMPLATE.toml holds it.": "输出完整"
    "的城市文件模板：每个键及其默认值、性质与依据。",
    # parameters
    "A city's name (pipelines/NAME.toml) or the path of its TOML file.": "城市名（pipelines/NAME.toml）或其 TOML 文件"
    "的路径。",
    "Folder that holds data/ and maps/; by default the one that holds pipelines/.": "存放 data/ 与 maps/ 的文件夹；"
    "默认为 pipelines/ 所在的文件夹。",
    "Folder of the input files instead of data/raw/CITY.": "输入文件所在的文件夹，代替 data/raw/CITY。",
    "Short name: small letters, digits, _ and -.": "短名：小写字母、数字、_ 与 -。",
    "Folder that holds or gets pipelines/ and data/.": "存放（或将要存放）pipelines/ 与 data/ 的文件夹。",
    "Layers; by default those of the city file.": "图层；默认为城市文件所列。",
    "Begin with public data: west, south, east, north [degrees].": "以公开数据开始：西、南、东、北 [度]。",
    "Begin with public data around the outline in this file.": "以公开数据开始，范围取自此文件的轮廓。",
    "Begin with what pvmap fetch has brought already.": "以 pvmap fetch 已取得的数据开始。",
    "With public data: whose rules hold, China's or plain ones; else the place says.": "以公开数据开始时采用哪套规则："
    "CN 为中国规则，generic 为通用取值；不写则由位置推断。",
    "Ask nobody; say what is missing.": "不联网，只说明缺少什么。",
    "Only show what would be asked of whom, on what terms.": "只显示将向谁请求什么、许可条件如何。",
    "Worker processes; 0 computes in this process.": "计算进程数；0 表示在本进程内计算。",
    "Address of a running Dask scheduler, tcp:// or tls://.": "已运行的 Dask 调度器地址，tcp:// 或 tls://。",
    "file: one HTML; folder: index.html and tiles/ for a web server.": "file：单个 HTML；folder：网站用的 "
    "index.html 与 tiles/。",
    "Keep the run that is there under this name, to compare with; see `pvmap diff`.": "把现有结果以此名保留，供 "
    "pvmap diff 比较。",
    "Say where Dask's live pages are; needs `pip install 'pvmap[dashboard]'`.": "显示 Dask 实时页面的地址；需先 pip "
    "install 'pvmap[dashboard]'。",
    "Write Dask's report of the run (HTML) there; needs the same.": "把 Dask 的运行报告（HTML）写到此处；同上。",
    "Solve the network too; needs `pip install 'pvmap[solve]'`.": "同时求解网络；需先 pip install 'pvmap[solve]'。",
    "Typical weeks to solve; 0: the whole year.": "求解的典型周数；0 表示全年。",
    "Write one page, to open without internet, there.": "另写一个可离线打开的网页到此处。",
    "Site to explain: the popup on the map shows its id.": "要说明的场址：编号见地图弹窗。",
    "Run folder to compare with on the map; see --keep.": "在地图上对比的较早结果文件夹；见 --keep。",
    "Run folder, the older: a copy, or what `map --keep` has kept.": "较早的结果文件夹：副本，或 map --keep 保留的。",
    "Run folder, the newer: data/processed/CITY.": "较新的结果文件夹：data/processed/CITY。",
    "Table name; empty lists all.": "表名；不写则列出全部。",
    "A finding's code; empty lists all.": "发现的代码；不写则列出全部。",
    "Print Markdown, as docs/tables.md holds it.": "以 Markdown 输出，即 docs/tables.md。",
    "Print Markdown, as docs/findings.md holds it.": "以 Markdown 输出，即 docs/findings.md。",
    "Print Markdown, as docs/references.md holds it.": "以 Markdown 输出，即 docs/references.md。",
}
