"""What the siting rules could not see in the data they were given."""

from pvmap.findings.kind import Kind

KINDS = (
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
