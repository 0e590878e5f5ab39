"""Numbers in columns: heights, storeys, capacities that are none, or mean something else."""

from pvmap.findings.kind import Kind

HEIGHTS_ASSUMED_EN = (
    "{layer}: {count} of {total} buildings have no height and no storeys; a typical height of their use is assumed "
    "({heights_m} m), on which shading rests."
)
HEIGHTS_ASSUMED_ZH = (
    "{layer}：{total} 栋建筑中有 {count} 栋既无高度也无层数，按用途采用典型高度（{heights_m} 米），遮挡由此而定。"
)
BRING_HEIGHTS_EN = (
    "Bring heights or storeys (columns = {{ height_m = ..., floors = ... }}) or a surface model (inputs.dsm with "
    "inputs.dem)."
)
BRING_HEIGHTS_ZH = (
    "请提供高度或层数字段（columns = {{ height_m = ..., floors = ... }}），或地表模型（inputs.dsm 与 inputs.dem）。"
)

KINDS = (
    Kind(
        code="columns-left-unmapped",
        severity="note",
        sentence_en="{layer}: nothing is read from {count} of its columns that may tell heights, storeys or uses: "
        "{columns}.",
        sentence_zh="{layer}：有 {count} 列可能是高度、层数或用途，但未读取：{columns}。",
        remedy_en="If they do, say so in the city file: columns = {{ {mapping} }}.",
        remedy_zh="如确为所示内容，请在城市文件中写明：columns = {{ {mapping} }}。",
        cause="A city file that does not name the columns of its file.",
        threshold="a column by a usual name of a height, of storeys or of a use, where the city file names none",
        source="judgement: the names that public sets and Chinese surveys use",
    ),
    Kind(
        code="values-read-from-text",
        severity="note",
        sentence_en="{layer}: {count} of {total} values of {column} are texts that were read as numbers, first "
        "{value}.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个值中有 {count} 个是文字，已按数字读取，例如 {value}。",
        remedy_en="Nothing, if the units that are written out are right.",
        remedy_zh="若其中的单位（米、英尺、千瓦、层等）无误，则无需处理。",
        cause="Numbers exported with units, thousands separators or full-width digits.",
        threshold="any number that carries a unit or another spelling",
        source="judgement: units that are written out can be converted",
    ),
    Kind(
        code="values-converted",
        severity="note",
        sentence_en="{layer}: the title '{theirs}' ({ours}) tells {unit}; {count} of {total} numbers were converted "
        "from it, first {value}.",
        sentence_zh="{layer}：列名“{theirs}”（{ours}）注明单位为 {unit}，{total} 个数字中有 {count} 个已由此换算，"
        "例如 {value}。",
        remedy_en="Nothing, if that is their unit.",
        remedy_zh="若单位无误，则无需处理。",
        cause="A column whose title names another unit than ours.",
        threshold="any number under such a title that names no unit of its own",
        source="judgement: titles of columns are given with care more often than not",
    ),
    Kind(
        code="zeros-are-missing",
        severity="note",
        sentence_en="{layer}: {count} of {total} values of {column} are 0 and count as missing.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个值中有 {count} 个为 0，按缺失处理。",
        remedy_en="Leave cells empty where the value is not known.",
        remedy_zh="未知的值请留空。",
        cause="Exports that fill empty cells with 0.",
        threshold="a height or a number of storeys of exactly 0",
        source="judgement: a building without height is none",
    ),
    Kind(
        code="values-sentinel",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} values of {column} are {value}, which stands for not known; "
        "they count "
        "as missing.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个值中有 {count} 个为 {value}，应表示“未知”，按缺失处理。",
        remedy_en="Leave unknown values empty; if {value} is true, see rows {rows} and write it with a decimal.",
        remedy_zh="未知的值请留空；若 {value} 属实，请见第 {rows} 行并加小数写出。",
        cause="A number such as 99 or 255 written where nothing is known.",
        threshold="a usual filler, in whatever unit, that is twice the next lower value, or three times and three "
        "times as frequent as everything within 15 % of it, unless most values from half to twice as large are so too; "
        "or any number from 300 m or 100 storeys on, three times and twice the next lower value",
        source="judgement: a measured height is never that lonely nor that popular",
    ),
    Kind(
        code="heights-look-like-storeys",
        severity="doubtful",
        sentence_en="{layer}: {column} is read as metres, but its numbers look like storeys (median {median}): "
        "floors, "
        "not heights, in {count} of {total} rows.",
        sentence_zh="{layer}：字段 {column} 按米读取，但数值像层数（中位数 {median}），涉及 {total} 行中的 "
        "{count} 行。",
        remedy_en="Map it to floors instead of height_m: columns = {{ floors = ... }}.",
        remedy_zh="请把该字段对应到 floors 而不是 height_m：columns = {{ floors = ... }}。",
        cause="A column of storeys mapped to metres.",
        threshold="99 % whole or half numbers and a tenth below 2.5 m (of 10 values or more), or equal to the "
        "storeys in 90 % of the rows, or a column named after storeys",
        source="judgement: no roof over people is lower than a door",
    ),
    Kind(
        code="values-stand-out",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} values of {column} stand far above all others: {value}, where the "
        "next is {next}.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个值中有 {count} 个远高于其他各值：{value}，其次为 {next}。",
        remedy_en="Look at rows {rows}: a typing error or a number for nothing shades the whole quarter; leave it "
        "empty if it is one.",
        remedy_zh="请核对第 {rows} 行：若为误填或表示“未知”的数字，会遮挡整片街区，请留空。",
        cause="A lost decimal point, a number that stands for not known, or a tower.",
        threshold="values above 150 m or 50 storeys, three times the next lower one",
        source="judgement: a tower three times as high as all of its city is known to everybody there",
    ),
    Kind(
        code="heights-too-high",
        severity="doubtful",
        sentence_en="{layer}: {column} is read as metres above ground, but the lowest of {count} is {lowest} and half "
        "exceed {median}: another unit, or heights above the sea.",
        sentence_zh="{layer}：字段 {column} 按离地高度（米）读取，但 {count} 个值中最低为 {lowest}，半数超过 {median}："
        "疑为其他单位或海拔高程。",
        remedy_en="Bring heights above ground in metres; a title such as 'height (cm)' tells another unit.",
        remedy_zh="请提供离地高度（米）；如为其他单位，请在列名中注明，例如“高度（厘米）”。",
        cause="Decimetres, or elevations of roofs instead of their heights.",
        threshold="of 20 values and more all but a twentieth over 20 m, or half of them over 60 m",
        source="judgement: every town has houses, and their ridges are lower",
    ),
    Kind(
        code="heights-too-low",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} values of {column} are below {least_m:g} m, lower than anybody can "
        "stand under; they are kept and shade nobody.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个值中有 {count} 个低于 {least_m:g} 米，人无法站立其下；"
        "仍予采用，不产生遮挡。",
        remedy_en="Look at rows {rows}; leave heights empty that are not known.",
        remedy_zh="请核对第 {rows} 行；未知的高度请留空。",
        cause="A small number that stands for not known, another unit, or walls and slabs among the buildings.",
        threshold="a twentieth of the heights or more below 1.5 m, or any below 0.5 m",
        source="judgement: no roof over people is lower than a door",
    ),
    Kind(
        code="heights-alike",
        severity="note",
        sentence_en="{layer}: {count} of {total} values of {column} are {value}; they count as measured.",
        sentence_zh="{layer}：字段 {column} 的 {total} 个值中有 {count} 个均为 {value}，按实测值采用。",
        remedy_en="Leave heights empty that were filled in.",
        remedy_zh="如为统一填充的默认值，请留空。",
        cause="A default written where nothing was known, or houses built alike.",
        threshold="two thirds of ten heights and more are one number, or a fifth and ten times as many as any other",
        source="judgement: measured heights differ by their decimals",
    ),
    Kind(
        code="heights-in-whole-metres",
        severity="note",
        sentence_en="{layer}: all values of {column} are whole numbers and half of them at most {median}; they are "
        "read as metres.",
        sentence_zh="{layer}：字段 {column} 全为整数，且半数不超过 {median}，按米读取。",
        remedy_en="If they are storeys, map the column to floors instead of height_m: columns = {{ floors = ... }}.",
        remedy_zh="如为层数，请对应到 floors 而不是 height_m：columns = {{ floors = ... }}。",
        cause="Heights rounded to metres, or storeys without houses of one.",
        threshold="99 % whole numbers of ten and more, with a median of 7 or less, or nearly all up to 40 and not "
        "multiples of three, as storeys times three are",
        source="judgement: storeys are counted, metres are measured",
    ),
    Kind(
        code="heights-in-feet",
        severity="doubtful",
        sentence_en="{layer}: {column} is read as metres, but its name says feet ({count} of {total} values).",
        sentence_zh="{layer}：字段 {column} 按米读取，但字段名表示英尺（{total} 个值中的 {count} 个）。",
        remedy_en="Convert the column to metres (1 ft = 0.3048 m) and map the new one.",
        remedy_zh="请换算为米（1 英尺 = 0.3048 米）后再对应。",
        cause="Data of countries that measure in feet.",
        threshold="a column whose name holds ft, feet or foot where it tells no unit",
        source="judgement: names of columns are given with care more often than not",
    ),
    Kind(
        code="storeys-look-like-metres",
        severity="doubtful",
        sentence_en="{layer}: {column} is read as storeys, but {count} of {total} values look like metres.",
        sentence_zh="{layer}：字段 {column} 按层数读取，但 {total} 个值中有 {count} 个像以米计的高度。",
        remedy_en="Map it to height_m instead of floors: columns = {{ height_m = ... }}.",
        remedy_zh="请把该字段对应到 height_m 而不是 floors：columns = {{ height_m = ... }}。",
        cause="A column of metres mapped to storeys.",
        threshold="more than half of the numbers neither whole nor half, or 95 % of 20 and more divisible by three, or "
        "a column named after heights",
        source="judgement: storeys are counted",
    ),
    Kind(
        code="model-heights-disagree",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} buildings state a {column} that is no height in metres or far from "
        "the one they are drawn with, first {value} where {drawn_m} m are drawn; {taken_m} m are taken.",
        sentence_zh="{layer}：{total} 栋建筑中有 {count} 栋的 {column} 不是以米计的高度，或与模型所绘高度相差悬殊，"
        "例如所填为 {value}，所绘为 {drawn_m} 米，采用 {taken_m} 米。",
        remedy_en="Correct rows {rows}: heights that are stated count before those that are drawn, in metres.",
        remedy_zh="请更正第 {rows} 行：填写的高度（米）优先于所绘高度。",
        cause="A number that stands for not known, feet, or text in the height of a city model.",
        threshold="a stated height that cannot be one, or twice or half the drawn one and 3 m from it",
        source="judgement: both measure the same building",
    ),
    Kind(
        code="heights-and-storeys-disagree",
        severity="doubtful",
        sentence_en="{layer}: in {count} of {total} rows {column} gives less than 2 m or more than 15 m a storey.",
        sentence_zh="{layer}：{total} 行中有 {count} 行的 {column} 折合每层不足 2 米或超过 15 米。",
        remedy_en="Check rows {rows}: the height counts, storeys only settle the use.",
        remedy_zh="请检查第 {rows} 行：以高度为准，层数只用于判断用途。",
        cause="Heights above sea, storeys of another building, or another unit.",
        threshold="a storey under 2 m or over 15 m",
        source="judgement: halls of one storey reach 15 m",
    ),
    Kind(
        code="heights-assumed",
        severity="doubtful",
        sentence_en=HEIGHTS_ASSUMED_EN,
        sentence_zh=HEIGHTS_ASSUMED_ZH,
        remedy_en=BRING_HEIGHTS_EN,
        remedy_zh=BRING_HEIGHTS_ZH,
        cause="Footprints without heights.",
        threshold="the height of 10 % or more of a layer's buildings is the default of their use",
        source="judgement: typical heights of uses, settings rooftop.default_height_m; below a "
        "tenth nearly all neighbours of a roof are of known height",
    ),
    Kind(
        code="heights-of-neighbours",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} buildings tell no height and take that of their neighbours "
        "({heights_m} m); at buildings of known height, left out in turn, this is off by {off_m:.1f} m on average, the "
        "typical height of their use by {default_off_m:.1f} m.",
        sentence_zh="{layer}：{total} 栋建筑中有 {count} 栋无高度，按同类邻近建筑高度计（{heights_m} 米）；"
        "以已知高度的建筑逐一留出检验，平均误差 {off_m:.1f} 米，按用途典型高度则为 {default_off_m:.1f} 米。",
        remedy_en=BRING_HEIGHTS_EN,
        remedy_zh=BRING_HEIGHTS_ZH,
        cause="Footprints of which only some have heights.",
        threshold="any building without a height, where those of its use that have one are told better by their "
        "neighbours than by the default",
        source="judgement: settings rooftop.nearby_heights; who mapped heights may have mapped the tall ones",
    ),
    Kind(
        code="heights-assumed-few",
        severity="note",
        sentence_en=HEIGHTS_ASSUMED_EN,
        sentence_zh=HEIGHTS_ASSUMED_ZH,
        remedy_en=BRING_HEIGHTS_EN,
        remedy_zh=BRING_HEIGHTS_ZH,
        cause="Single footprints without heights.",
        threshold="the height of less than 10 % of a layer's buildings is the default of their use",
        source="judgement: as for heights-assumed",
    ),
    Kind(
        code="heights-missing",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} buildings have no height; they cast no shade.",
        sentence_zh="{layer}：{total} 栋建筑中有 {count} 栋没有高度，不计其遮挡。",
        remedy_en="Bring heights or storeys, or set rooftop.assume_heights = true.",
        remedy_zh="请提供高度或层数，或设置 rooftop.assume_heights = true。",
        cause="Footprints without heights, and heights are not to be assumed.",
        threshold="any building without a height",
        source="judgement: a building of no height shades nobody",
    ),
)
