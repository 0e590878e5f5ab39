"""Ids that do not tell sites apart."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="ids-repeated",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} rows have an id in {column} that is given twice or more "
        "({ids}); they are named by "
        "their row.",
        sentence_zh="{layer}：字段 {column} 中 {total} 行有 {count} 行编号重复（{ids}），改以行号命名。",
        remedy_en="Map a column to id that is unique: decisions and comparisons between runs refer to it.",
        remedy_zh="请把唯一的字段对应到 id：人工决定和各次运行的比较都依赖它。",
        cause="An id of a parcel, a street or a batch instead of the building.",
        threshold="any id of a layer that stands in two rows",
        source="judgement: an id names one thing",
    ),
    Kind(
        code="ids-collide",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} sites would carry the name of another one ({ids}) and got a "
        "number more.",
        sentence_zh="{layer}：{total} 个地块中有 {count} 个与其他地块重名（{ids}），已加序号区分。",
        remedy_en="Map another column to id, or give the rows without an id one of their own; see sites {sites}.",
        remedy_zh="请改用其他字段作为 id，或为没有编号的行补上编号；见 {sites}。",
        cause="An id that reads like the name made from a row, such as row12 or 2-a.",
        threshold="any name that two sites would share",
        source="judgement: a site keeps its name from run to run",
    ),
    Kind(
        code="pieces-joined",
        severity="note",
        sentence_en="{layer}: {count} of {total} rows are pieces of another row with the same id in {column} and were "
        "joined with it.",
        sentence_zh="{layer}：{total} 行中有 {count} 行与字段 {column} 编号相同的行相接，已合并。",
        remedy_en="Nothing, if they are one building; otherwise give each its own id, see rows {rows}.",
        remedy_zh="若确为同一建筑则无需处理；否则请各给编号，见第 {rows} 行。",
        cause="Services that deliver buildings in tiles cut them at the tiles' edges.",
        threshold="at most nine rows of one id that meet along at least 0.5 m",
        source="judgement: neighbours have ids of their own",
    ),
    Kind(
        code="ids-rounded",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} ids in {column} were rounded before they came here, first {value}.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个编号中有 {count} 个在此前已被取舍，例如 {value}。",
        remedy_en="Store the ids as text or whole numbers: spreadsheets keep 15 digits.",
        remedy_zh="请将编号存为文本或整数：电子表格只保留 15 位数字。",
        cause="Long ids that went through a spreadsheet or a column of floating-point numbers.",
        threshold="ids in scientific notation, floating-point ids of 2^53 and more (of four bytes 2^24), and ids that "
        "all end in zeros after the fifteenth digit",
        source="judgement: beyond 2^53 a double does not hold every whole number",
    ),
)
