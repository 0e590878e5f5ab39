"""Masks that do not answer the rule they stand for."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="mask-touches-nothing",
        severity="doubtful",
        sentence_en="The mask {layer} ({column}) touches none of {total} sites it binds, {gap_km:,.1f} km away; "
        "its rule "
        "counts as not checked.",
        sentence_zh="限制图层“{layer}”（{column}）与其约束的 {total} 处场址均不相交，相距 {gap_km:,.1f} 千米；"
        "该规则视为未核查。",
        remedy_en="Check its CRS and that it is the file of this city; if there is nothing of the kind here, "
        "that is fine.",
        remedy_zh="请核对坐标系及是否为本市数据；若本市确无此类区域则无妨。",
        cause="The file of another city, or a wrong CRS.",
        threshold="no site within the mask and its buffer",
        source="judgement: what excludes nothing has proved nothing",
    ),
    Kind(
        code="mask-covers-part",
        severity="doubtful",
        sentence_en="The mask {layer} ({column}) does not reach {count} of {total} sites it binds; its rule "
        "counts as not "
        "checked.",
        sentence_zh="限制图层“{layer}”（{column}）未覆盖其约束的 {total} 处场址中的 {count} 处；该规则视为未核查。",
        remedy_en="Bring the part that is missing, for example for {sites}.",
        remedy_zh="请补充缺失部分，例如 {sites} 所在处。",
        cause="The file of one district, or a tile of a larger raster.",
        threshold="more than 10 % of the sites outside the extent of 20 polygons and more within 100 km, or without a "
        "raster value",
        source="judgement: a layer of many polygons that ends in the middle of a city was cut there",
    ),
    Kind(
        code="mask-class-absent",
        severity="doubtful",
        sentence_en="The mask {layer} ({column}) holds none of the values {values} around the sites; its rule "
        "counts as "
        "not checked.",
        sentence_zh="限制图层“{layer}”（{column}）在场址周围没有取值 {values}；该规则视为未核查。",
        remedy_en="Check values against the legend of the raster.",
        remedy_zh="请对照栅格图例核对 values。",
        cause="Classes of another edition of the land cover.",
        threshold="none of the values in any square kilometre that holds a site",
        source="judgement: what excludes nothing has proved nothing",
    ),
    Kind(
        code="mask-class-is-nodata",
        severity="doubtful",
        sentence_en="The mask {layer} ({column}) excludes the values {values}, of which {nodata:g} means no data "
        "in the "
        "file; its rule counts as not checked.",
        sentence_zh="限制图层“{layer}”（{column}）的排除值为 {values}，其中 {nodata:g} 在该文件中表示无数据；"
        "该规则视为未核查。",
        remedy_en="State another nodata for the raster, or correct values.",
        remedy_zh="请为该栅格另设 nodata，或更正 values。",
        cause="A class of 0 in a raster whose 0 is tagged as missing.",
        threshold="the raster's nodata value is one of values",
        source="judgement: missing cells can exclude nothing",
    ),
)
