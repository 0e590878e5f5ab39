"""What the siting rules could not see in the data they were given."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="dykes-not-told",
        severity="note",
        sentence_en="{layer}: nobody says of {count} of {total} ponds whether their outlines hold dykes; "
        "{share_percent} % of their ground counts as water.",
        sentence_zh="{layer}：{total} 个鱼塘中有 {count} 个未说明范围内是否含塘埂，按 {share_percent}% 为水面计。",
        remedy_en="Map a column to includes_dykes, or set fishpond.polygons_include_dykes.",
        remedy_zh="请为 includes_dykes 指定一列，或设置 fishpond.polygons_include_dykes。",
        cause="Outlines of ponds from a survey or a picture, without a word on dykes.",
        threshold="any pond without one, where the city file does not state fishpond.polygons_include_dykes",
        source="judgement: dykes, roads and lanes take some 15 % of a pond's ground",
    ),
    Kind(
        code="mines-by-share",
        severity="note",
        sentence_en="{layer}: without inputs.dem {share_percent} % of the ground of {count} mines counts as usable; "
        "nobody sees walls and slopes.",
        sentence_zh="{layer}：未提供 inputs.dem，{count} 个矿山均按 {share_percent}% 的面积可用计，"
        "边坡与坡度无从识别。",
        remedy_en="Give a terrain model of 30 m cells or finer as inputs.dem.",
        remedy_zh="请以 inputs.dem 提供 30 米或更细的地形模型。",
        cause="A city without a terrain model.",
        threshold="any mine in a city without inputs.dem",
        source="judgement: of quarries some are floor and some are wall",
    ),
    Kind(
        code="mine-ground-continued",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} mines have no height in up to {share_percent} % of their ground; the "
        "nearest known ground is continued there.",
        sentence_zh="{layer}：{total} 个矿山中有 {count} 个部分地面没有高程（最多占 {share_percent}%），"
        "按最近的已知地面推延。",
        remedy_en="Fill the holes of the terrain model, or look at the sites {sites} on imagery.",
        remedy_zh="请填补地形数据空洞，或对照影像核查 {sites}。",
        cause="Water, voids of a measurement, or a model that ends inside a mine.",
        threshold="mine.most_unknown_share",
        source="judgement: what lies between known ground is like it, up to a point",
        most=("share_percent",),
    ),
    Kind(
        code="coarse-terrain-hides-walls",
        severity="doubtful",
        sentence_en="{layer}: {count} mines are judged on terrain cells of {cell_m} m, which do not show walls lower "
        "than {wall_m} m.",
        sentence_zh="{layer}：{count} 个矿山的地形网格为 {cell_m} 米，低于 {wall_m} 米的边坡无法识别。",
        remedy_en="Use a terrain model of 30 m cells or finer, or look at the sites {sites} on imagery.",
        remedy_zh="请改用 30 米或更细的地形数据，或对照影像核查 {sites}。",
        cause="A cell of the terrain model averages a wall with the ground above and below it.",
        threshold="cells larger than 45 m",
        source="judgement: between cells of 30 and 60 m low benches of drawn quarries stop being found",
        most=("cell_m", "wall_m"),
    ),
)
