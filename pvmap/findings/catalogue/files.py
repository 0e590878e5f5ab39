"""Files whose text, numbers or CRS had to be interpreted."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="values-not-numbers",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} values of '{theirs}' ({ours}) are not numbers and count as missing, "
        "first '{value}' (rows {rows}).",
        sentence_zh="{layer}：“{theirs}”（{ours}）的 {total} 个值中有 {count} 个不是数字，按缺失处理，"
        "例如“{value}”（第 {rows} 行）。",
        remedy_en="Correct them in the source, or map another column.",
        remedy_zh="请在源数据中更正，或在城市文件中改用其他列。",
        cause="Units, words or ranges written into a column of numbers.",
        threshold="any value that is neither empty nor a number",
        source="judgement: a value that cannot be read is not a measurement",
    ),
    Kind(
        code="values-implausible",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} values of '{theirs}' ({ours}) are outside what is plausible and "
        "count as missing, first '{value}' (rows {rows}).",
        sentence_zh="{layer}：“{theirs}”（{ours}）的 {total} 个值中有 {count} 个超出合理范围，按缺失处理，"
        "例如“{value}”（第 {rows} 行）。",
        remedy_en="Correct them in the source, or leave them empty where they are not known.",
        remedy_zh="请在源数据中更正；未知的请留空。",
        cause="Sentinels, other units or typing errors.",
        threshold="heights over 828 m, floors over 163, plants over 100,000 MW, anything negative",
        source="judgement: the tallest building has 163 floors and 828 m",
    ),
    Kind(
        code="crs-overruled",
        severity="note",
        sentence_en="{layer}: crs = {stated} of the city file overrules the file's {own}.",
        sentence_zh="{layer}：城市文件中的 crs = {stated} 取代了文件自带的坐标系 {own}。",
        remedy_en="Drop crs from the city file where the file's own is right.",
        remedy_zh="如文件自带的坐标系正确，请从城市文件中删去 crs。",
        cause="The city file states another CRS than the file.",
        threshold="the two differ, axis order aside",
        source="judgement: who states a CRS in the city file knows better than the file",
    ),
    Kind(
        code="encoding-guessed",
        severity="note",
        sentence_en="{layer}: its text names no encoding that fits it, and is read as {encoding}.",
        sentence_zh="{layer}：文件未注明相符的文字编码，按 {encoding} 读取。",
        remedy_en="If names come out garbled, save the file as UTF-8, or state its encoding where its input takes one.",
        remedy_zh="如名称出现乱码，请另存为 UTF-8；该输入可设 encoding 时，也可写明编码。",
        cause="Excel in China saves CSV as GBK; old shapefiles carry no .cpg file, or name a western encoding.",
        threshold="no byte order mark, not UTF-8, and high bytes that come in pairs",
        source="judgement: text that is all valid UTF-8 hardly ever is anything else; GB18030 holds all of GBK",
    ),
    Kind(
        code="rows-cut-short",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} rows have fewer cells than the header; what lacks counts as empty.",
        sentence_zh="{layer}：{total} 行中有 {count} 行的单元格少于表头，缺少的按空值处理。",
        remedy_en="Look at rows {rows}: export the table again if something is lost.",
        remedy_zh="请查看第 {rows} 行；如有内容丢失，请重新导出。",
        cause="A table edited by hand, or an export that was broken off.",
        threshold="any row with fewer cells than the header; a row with more is refused",
        source="judgement: cells left out at the end of a row are empty ones, cells too many cannot be told apart",
    ),
    Kind(
        code="decimal-commas",
        severity="note",
        sentence_en="{layer}: semicolons part its cells, so commas within numbers are taken for decimal ones, in "
        "{count} of {total} columns ({names}).",
        sentence_zh="{layer}：单元格以分号分隔，因此 {total} 列中有 {count} 列（{names}）数字中的逗号按小数点读取。",
        remedy_en="Where they part thousands, export the table without them.",
        remedy_zh="如逗号是千位分隔符，请去掉后重新导出。",
        cause="Spreadsheets of a locale with decimal commas part cells by semicolons.",
        threshold="semicolons between cells, and columns of nothing but numbers with at most one comma each",
        source="judgement: a comma is free for decimals only where it parts no cells",
    ),
    Kind(
        code="reader-remark",
        severity="note",
        sentence_en="{layer}: the library that reads it remarks: {remark}.",
        sentence_zh="{layer}：读取程序提示：{remark}。",
        remedy_en="Look at the file if the remark tells you something.",
        remedy_zh="如提示有意义，请检查该文件。",
        cause="Files that depart from their format's rules in small ways.",
        threshold="any warning of the reading library",
        source="judgement: whoever knows the file can judge the remark",
    ),
)
