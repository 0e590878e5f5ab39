"""Public sets: on what terms they are read, and which of their columns a file lacks."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="set-terms",
        severity="note",
        sentence_en="{layer} is read as {known_set}, licence: {licence}.",
        sentence_zh="{layer} 按公开数据集 {known_set} 读取，许可：{licence}。",
        remedy_en="Keep to its terms; its credit stands on the map by itself.",
        remedy_zh="请遵守其许可条款；署名会自动显示在地图上。",
        cause="The city file says that the file is of a public set.",
        threshold="a preset other than what pvmap fetch writes",
        source="judgement: whoever publishes a map must know on what terms its data came",
    ),
    Kind(
        code="set-columns-absent",
        severity="doubtful",
        sentence_en="{layer}: columns that {known_set} usually has are not there: {columns}; they count as unknown.",
        sentence_zh="{layer}：缺少 {known_set} 通常具有的列：{columns}；相应内容按未知处理。",
        remedy_en="Download the set with all its columns, or name the right ones under columns.",
        remedy_zh="请重新下载包含全部列的数据，或在城市文件的 columns 中写明列名。",
        cause="An export that left columns out, or another edition of the set.",
        threshold="any column of the preset that gives a height, floors or a use",
        source="judgement: a height or use that is missing changes every result",
    ),
)
