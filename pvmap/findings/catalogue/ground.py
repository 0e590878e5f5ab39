"""Ground and surface models that do not lie under the city, or not in one height system."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="ground-missing",
        severity="doubtful",
        sentence_en="{layer}: the ground model has no height under {count} of {total} sites; the nearest known ground "
        "counts.",
        sentence_zh="{layer}：{total} 处场址中有 {count} 处没有地面高程，按最近的已知地面计。",
        remedy_en="Fill the holes or bring the missing tile; see {sites}.",
        remedy_zh="请填补空洞或补充缺失图幅；见 {sites}。",
        cause="Holes of a measurement, untagged voids, or a model that ends inside the city.",
        threshold="no height at a point of the site; heights below -500 m or above 9,000 m are none",
        source="judgement: the lowest land lies at -430 m, the highest at 8,849 m",
    ),
    Kind(
        code="dem-elsewhere",
        severity="doubtful",
        sentence_en="{layer}: the ground model lies {gap_km:,.1f} km away from all {total} sites and is of no use.",
        sentence_zh="{layer}：地形模型与全部 {total} 处场址相距 {gap_km:,.1f} 千米，未起作用。",
        remedy_en="Check its CRS and that it is the file of this city.",
        remedy_zh="请核对坐标系及是否为本市数据。",
        cause="The tile of another city, or a wrong CRS.",
        threshold="extents that do not meet",
        source="judgement: a ground model lies under its city",
    ),
    Kind(
        code="surface-below-ground",
        severity="doubtful",
        sentence_en="{layer}: the surface lies below the ground of {other} in {count} of {total} cells, by "
        "{depth_m:,.1f} m "
        "in the middle.",
        sentence_zh="{layer}：{total} 个栅格中有 {count} 个的地表低于 {other} 的地面，中位数低 {depth_m:,.1f} 米。",
        remedy_en="Bring both models in one height system.",
        remedy_zh="请将两个模型统一到同一高程基准。",
        cause="Heights above the ellipsoid beside heights above sea, or feet beside metres.",
        threshold="more than half of the cells around nine sites more than 2 m below the ground",
        source="judgement: models of one datum differ by decimetres where nothing stands",
    ),
)
