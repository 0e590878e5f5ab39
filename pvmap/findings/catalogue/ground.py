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
        code="ground-zero",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} sites stand at exactly 0 m, the rest nearly all above {lowest_m} m; "
        "0 seems to mean missing there.",
        sentence_zh="{layer}：{total} 处场址中有 {count} 处的地面高程恰为 0 米，其余几乎都高于 {lowest_m} 米，"
        "0 可能表示缺值。",
        remedy_en="If 0 means missing, state nodata = 0 under inputs.dem; see {sites}.",
        remedy_zh="若 0 表示缺值，请在 inputs.dem 下写 nodata = 0；见 {sites}。",
        cause="A model whose voids were written as 0 without saying so.",
        threshold="exactly 0 m where 95 % of the other sites lie above 20 m",
        source="judgement: a city nearly all of which lies above 20 m has no roofs at exactly 0 m",
    ),
    Kind(
        code="heights-converted",
        severity="note",
        sentence_en="{layer}: its heights are in {unit} and were turned into metres.",
        sentence_zh="{layer}：高程单位为 {unit}，已换算为米。",
        remedy_en="Nothing, if that is their unit.",
        remedy_zh="若单位属实，无需处理。",
        cause="A raster whose band or vertical CRS states another unit than the metre.",
        threshold="a unit of length other than the metre",
        source="judgement: a stated unit holds",
    ),
    Kind(
        code="height-unit-unknown",
        severity="doubtful",
        sentence_en="{layer}: its heights are said to be in {unit!r}, which is no unit of length known here; they are "
        "read as metres.",
        sentence_zh="{layer}：高程单位写作“{unit}”，无法识别，按米读取。",
        remedy_en="If they are not, write the file anew in metres.",
        remedy_zh="若并非米，请换算为米后重新导出。",
        cause="A raster of something else than heights, or a unit that is misspelt.",
        threshold="a stated unit that is none of length",
        source="judgement: a stated unit holds",
    ),
    Kind(
        code="heights-perhaps-feet",
        severity="doubtful",
        sentence_en="{layer}: its coordinates are in {unit}, its heights in no stated unit; they are read as metres.",
        sentence_zh="{layer}：平面坐标单位为 {unit}，高程单位未注明，按米读取。",
        remedy_en="If they are feet as well, write the file anew with the unit of its band, or in metres.",
        remedy_zh="若高程也是英尺，请在波段单位中注明，或换算为米后重新导出。",
        cause="Models of a survey that works in feet often hold feet, and do not always say so.",
        threshold="coordinates in feet, no unit of heights",
        source="judgement: who surveys in feet mostly levels in feet",
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
