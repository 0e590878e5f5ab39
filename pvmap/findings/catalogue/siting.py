"""What the siting rules could not see in the data they were given."""

from pvmap.findings.kind import Kind

KINDS = (
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
