"""Weather that was mended, assumed or looks odd."""

from pvmap.findings.kind import Kind

KINDS = (
    Kind(
        code="sun-beside-label",
        severity="doubtful",
        sentence_en="weather {layer}: the sun fits best {best:+.0f} min from the label by {method}, stated are "
        "{stated:+.0f}.",
        sentence_zh="气象 {layer}：按 {method} 判断，太阳位置与时间标签相差 {best:+.0f} 分钟最为吻合，"
        "而设定为 {stated:+.0f} 分钟。",
        remedy_en="Check the file's clock or set weather.points.sun_offset_minutes.",
        remedy_zh="请核对文件的时间基准，或设置 weather.points.sun_offset_minutes。",
        cause="Labels at the end or the middle of the interval, or a clock of another zone.",
        threshold="more than weather.sun_tolerance_minutes between the stated and the best offset",
        source="judgement: a quarter of an hour of sun is some per cent of a tilted plane's light",
    ),
)
