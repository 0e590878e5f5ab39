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
        sentence_en="{layer}: {count} of {total} sites stand at 0 m or below, the rest nearly all above {lowest_m} m; "
        "such heights seem to mean missing there.",
        sentence_zh="{layer}：{total} 处场址中有 {count} 处的地面高程不高于 0 米，其余几乎都高于 {lowest_m} 米，"
        "这类高程可能表示缺值。",
        remedy_en="If one value means missing, state it under inputs.dem, as in nodata = 0; see {sites}.",
        remedy_zh="若某个值表示缺值，请写在 inputs.dem 下，如 nodata = 0；见 {sites}。",
        cause="A model whose voids were written as 0, -1 or -99 without saying so.",
        threshold="0 m or less where 95 % of the other sites lie above 20 m",
        source="judgement: a city nearly all of which lies above 20 m has no roofs at 0 m",
    ),
    Kind(
        code="ground-jumps",
        severity="doubtful",
        sentence_en="{layer}: the ground rises by up to {jump_m} m within {across_m} m near {count} of {total} sites; "
        "no ground does.",
        sentence_zh="{layer}：{total} 处场址中有 {count} 处附近的地面在 {across_m} 米内起落达 {jump_m} 米，"
        "自然地面不会如此。",
        remedy_en="Look at the model there; where one value means missing, state nodata under inputs.dem; see {sites}.",
        remedy_zh="请检查该处的高程；若某个值表示缺值，请在 inputs.dem 下写明 nodata；见 {sites}。",
        cause="Voids or spikes written as heights, tiles in different units or datums side by side.",
        threshold="within two cells more than 100 m and more than ten times the cell, within 1 km of a site",
        source="judgement: walls of rock in the Karakoram rise 830 m within two cells of 90 m",
    ),
    Kind(
        code="weather-other-altitude",
        severity="doubtful",
        sentence_en="The weather {layer} is that of {altitude_m} m above the sea, the sites stand at {ground_m} m by "
        "{other}.",
        sentence_zh="气象点 {layer} 的海拔为 {altitude_m} 米，而按 {other} 场址地面约 {ground_m} 米。",
        remedy_en="Bring weather of the city's height, state weather.points.altitude_m, or check the ground model's "
        "unit and datum.",
        remedy_zh="请改用同高度的气象数据，写明 weather.points.altitude_m，或检查高程模型的单位和基准。",
        cause="Weather of the plain for a city in the mountains, a file without its altitude, heights in feet.",
        threshold="more than 500 m between the middle of the sites' ground and the altitude of the nearest weather",
        source="judgement: 500 m of height are 3 K of air, a hundredth of the yield",
    ),
    Kind(
        code="heights-converted",
        severity="note",
        sentence_en="{layer}: its heights are in {unit} and were turned into metres.",
        sentence_zh="{layer}：高程单位为 {unit}，已换算为米。",
        remedy_en="Nothing, if that is their unit.",
        remedy_zh="若单位属实，无需处理。",
        cause="A raster whose band or vertical CRS states another unit than the metre, or a city model in feet.",
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
        code="dsm-elsewhere",
        severity="doubtful",
        sentence_en="{layer}: the surface model lies {gap_km:,.1f} km away from all {total} sites and is of no use.",
        sentence_zh="{layer}：地表模型与全部 {total} 处场址相距 {gap_km:,.1f} 千米，未起作用。",
        remedy_en="Check its CRS and that it is the file of this city.",
        remedy_zh="请核对坐标系及是否为本市数据。",
        cause="The tile of another city, or a wrong CRS.",
        threshold="extents that do not meet",
        source="judgement: a surface model is one of its city",
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
    Kind(
        code="surface-above-ground",
        severity="doubtful",
        sentence_en="{layer}: nearly all of the surface lies {low_m} m and more above the ground of {other}, its "
        "highest hundredth {high_m} m; no city does.",
        sentence_zh="{layer}：地表几乎处处高出 {other} 的地面 {low_m} 米以上，最高的百分之一高出 {high_m} 米，"
        "任何城市都不会如此。",
        remedy_en="Bring both models in metres above one datum; drop above_ground under inputs.dsm where the surface "
        "holds heights above the sea.",
        remedy_zh="请使两个模型以米计并采用同一高程基准；若地表模型为海拔高，请去掉 inputs.dsm 的 above_ground。",
        cause="Surface in feet or centimetres, above another datum, or above_ground of a model that is not.",
        threshold="a 20th of the cells around nine sites lower than 5 m above the ground (100 m where the model holds "
        "roofs alone) is not there, or a hundredth lies above 300 m",
        source="judgement: even the densest quarters have streets, and nowhere is a hundredth of the surface as high",
    ),
    Kind(
        code="surface-without-buildings",
        severity="doubtful",
        sentence_en="{layer}: at {count} of {total} buildings of known height that were looked at, the surface is no "
        "higher than the ground of {other}.",
        sentence_zh="{layer}：所查 {total} 栋高度已知的建筑中，有 {count} 栋处的地表并不高出 {other} 的地面。",
        remedy_en="See whether inputs.dsm and inputs.dem are one file, or have changed places, and whether the surface "
        "lies where the buildings do.",
        remedy_zh="请检查 inputs.dsm 与 inputs.dem 是否为同一文件或互相颠倒，以及地表模型与建筑位置是否一致。",
        cause="A ground model in the place of the surface model, cells too coarse for buildings, a wrong CRS.",
        threshold="at five and four fifths of the buildings of 3 m and more around nine sites less than 1 m",
        source="judgement: a survey that is older than a quarter shows some of its buildings all the same",
    ),
    Kind(
        code="surface-voids",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} cells are {value:g} m, below the ground of {other}; that seems to "
        "mean missing.",
        sentence_zh="{layer}：{total} 个栅格中有 {count} 个为 {value:g} 米，低于 {other} 的地面，该值可能表示缺值。",
        remedy_en="If it does, state it under inputs.dsm: nodata = {value:g}.",
        remedy_zh="若确为缺值，请写在 inputs.dsm 下：nodata = {value:g}。",
        cause="A model whose voids were written as 0 or another number without saying so.",
        threshold="one value in nine tenths of the cells that lie 2 m below the ground, and they are 0.5 % of all",
        source="judgement: pits, and errors of measurement, differ by their decimals",
    ),
)
