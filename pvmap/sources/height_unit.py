"""The unit of a raster's heights, which GDAL gives as that of the band, or of the vertical CRS."""

from __future__ import annotations

from pyproj import CRS
from rasterio.io import DatasetReader

FOOT_M, US_FOOT_M = 0.3048, 1200 / 3937
METRES = {  # what programs write, without case, blanks, lines and plurals
    **dict.fromkeys(("m", "metre", "meter", "米"), 1.0),
    **dict.fromkeys(("ft", "foot", "feet", "internationalfoot", "英尺"), FOOT_M),
    **dict.fromkeys(("ussurveyfoot", "ussurveyfeet", "usft", "ftus", "usfoot", "footus"), US_FOOT_M),
    **dict.fromkeys(("dm", "decimetre", "decimeter", "分米"), 0.1),
    **dict.fromkeys(("cm", "centimetre", "centimeter", "厘米"), 0.01),
    **dict.fromkeys(("mm", "millimetre", "millimeter", "毫米"), 0.001),
    **dict.fromkeys(("km", "kilometre", "kilometer", "千米", "公里"), 1000.0),
}


def stated(file: DatasetReader) -> str:
    """Give the unit of the heights as the file states it; empty where it does not."""
    return (file.units[0] or "").strip()


def metres(file: DatasetReader) -> float | None:
    """Give the metres in a unit of the file's heights; None where it states none, or one that is not known."""
    word = "".join(letter for letter in stated(file).casefold() if letter.isalnum())
    return METRES.get(word, METRES.get(word.removesuffix("s")))


def to_metres(file: DatasetReader) -> tuple[float, float]:
    """Give factor and summand that make metres of the file's values: its own, and its unit."""
    unit_m = metres(file) or 1.0
    return file.scales[0] * unit_m, file.offsets[0] * unit_m


def across(file: DatasetReader) -> str:
    """Give the unit of the file's coordinates where that is a foot; else empty."""
    if file.crs is None:
        return ""
    axis = CRS.from_wkt(file.crs.to_wkt()).axis_info[:1]
    return axis[0].unit_name if axis and "foot" in axis[0].unit_name else ""
