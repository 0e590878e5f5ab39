"""Public sets: on what terms they are read, and which of their columns a file lacks."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="set-terms",
        severity="note",
        sentence_en="{layer} is read as {known_set}, licence: {licence}.",
        sentence_zh="{layer} 按公开数据集 {known_set} 读取，许可：{licence}。",
        remedy_en="Keep to its terms; its credit stands on the map by itself.",
        remedy_zh="请遵守其许可条款；署名会自动显示在地图上。",
        cause="The city file says that the file is of a public set.",
        threshold="a preset other than what pvmap fetch writes",
        source="judgement: whoever publishes a map must know on what terms its data came",
    ),
    Kind(
        code="set-columns-absent",
        severity="doubtful",
        sentence_en="{layer}: columns that {known_set} usually has are not there: {columns}; they count as unknown.",
        sentence_zh="{layer}：缺少 {known_set} 通常具有的列：{columns}；相应内容按未知处理。",
        remedy_en="Download the set with all its columns, or name the right ones under columns.",
        remedy_zh="请重新下载包含全部列的数据，或在城市文件的 columns 中写明列名。",
        cause="An export that left columns out, or another edition of the set.",
        threshold="any column of the preset that gives a height, floors or a use",
        source="judgement: a height or use that is missing changes every result",
    ),
    Kind(
        code="uses-from-land-use",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} buildings say no use and take that of their land ({other}).",
        sentence_zh="{layer}：{total} 栋建筑中有 {count} 栋未注明用途，按所在地块的用途计（{other}）。",
        remedy_en="Bring the use of buildings where it matters; their grade is that of an unknown use.",
        remedy_zh="如结果重要，请提供建筑用途；此类建筑按用途未知定级。",
        cause="Footprints drawn by machine, or mapped without their use.",
        threshold="any building without a use on land whose use is known, where inputs.land_use is given",
        source="judgement: most buildings in an industrial estate are industry's, not all",
    ),
    Kind(
        code="ponds-chosen",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} waters count as ponds, {n_named} of them called so; nobody says that "
        "the others are fishponds (grade D).",
        sentence_zh="{layer}：{total} 个水面中有 {count} 个按坑塘计，其中 {n_named} 个注明为坑塘；"
        "其余是否为养殖坑塘不明（等级 D）。",
        remedy_en="Bring the land survey's ponds (1104) or a register of aquaculture; rejects say why others are out.",
        remedy_zh="请提供国土调查坑塘水面（1104）或养殖登记数据；未采用的水面及原因见剔除表。",
        cause="A layer of all waters in the place of one of fishponds.",
        threshold="any input of fishponds with of = waters",
        source="judgement: size, shape and name tell ponds from rivers and lakes, not what a pond is used for",
        adds=("n_named",),
    ),
    Kind(
        code="mines-chosen",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} areas are mining land, of which {kept_ha:,.1f} of {whole_ha:,.1f} ha "
        "lie bare; nobody says that they are abandoned (grade D).",
        sentence_zh="{layer}：{total} 个图斑中有 {count} 个为采矿用地，{whole_ha:,.1f} 公顷中裸地 {kept_ha:,.1f} 公顷；"
        "是否废弃不明（等级 D）。",
        remedy_en="Bring the bureau's list of abandoned mines with their outlines.",
        remedy_zh="请提供主管部门的废弃矿山清单及范围线。",
        cause="A layer of land use in the place of one of abandoned mines.",
        threshold="any input of mines with of = land_use, and a raster of land cover",
        source="judgement: mining land that lies bare is worked or abandoned, which no public layer tells",
        adds=("kept_ha", "whole_ha"),
    ),
    Kind(
        code="mines-chosen-whole",
        severity="doubtful",
        sentence_en="{layer}: {count} of {total} areas are mining land, {whole_ha:,.1f} ha, taken whole because no "
        "land cover says what lies bare; nobody says that they are abandoned (grade D).",
        sentence_zh="{layer}：{total} 个图斑中有 {count} 个为采矿用地，共 {whole_ha:,.1f} 公顷；"
        "无土地覆盖数据，按全部面积计；是否废弃不明（等级 D）。",
        remedy_en="Fetch land_cover and name it as inputs.land_cover; or bring the bureau's list of abandoned mines.",
        remedy_zh="请获取 land_cover 并在 inputs.land_cover 中给出；或提供主管部门的废弃矿山清单。",
        cause="A layer of land use in the place of one of abandoned mines, without a raster of land cover.",
        threshold="any input of mines with of = land_use, and no raster of land cover",
        source="judgement: mining land holds plants, water and works as well as bare ground",
        adds=("kept_ha", "whole_ha"),
    ),
    Kind(
        code="layer-not-fetched",
        severity="doubtful",
        sentence_en="{layer} could not be fetched, so the city is run without it; {reason}.",
        sentence_zh="{layer} 未能获取，本次计算不含该图层；{reason}。",
        remedy_en="Run pvmap fetch again, or bring a file of that name.",
        remedy_zh="请重新运行 pvmap fetch，或自行提供同名文件。",
        cause="A provider that was down, or that has nothing in this window.",
        threshold="a gap that SOURCES.json lists, and no file in its place",
        source="judgement: a gap with a name is better than an empty layer",
    ),
)
