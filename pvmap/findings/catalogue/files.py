"""Text files that had to be guessed at."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="encoding-guessed",
        severity="note",
        sentence_en="{layer}: its text names no encoding and is read as {encoding}.",
        sentence_zh="{layer}：文件未注明文字编码，按 {encoding} 读取。",
        remedy_en="If names come out garbled, save the file as UTF-8 or state its encoding in the city file.",
        remedy_zh="如名称出现乱码，请另存为 UTF-8，或在城市文件中写明编码（encoding）。",
        cause="Excel in China saves CSV as GBK; old shapefiles carry no .cpg file.",
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
)
