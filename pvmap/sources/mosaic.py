"""Mosaics (GDAL's .vrt): which files they name, and whether they are plain ones.

A mosaic of tiles is a list of files with their places. The format can do far more: run code, open addresses, warp along
other files; such ones are refused.
"""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from pvmap.errors import InputError
from pvmap.opening import read_bytes, regular

ROOT = b"<VRTDataset"
LOOKED_AT = 1 << 16  # bytes: GDAL looks for the root element in fewer
# All in small letters, as GDAL does not tell letters apart; it takes an attribute for an element of that name, too.
NAMES_A_FILE = ("sourcefilename", "sourcedataset")
RELATIVE = "relativetovrt"
PLAIN_CLASSES = ("", "vrtsourcedrasterband", "vrtwarpeddataset", "vrtwarpedrasterband")
NOT_PLAIN = (
    *("openoptions", "pixelfunctiontype", "pixelfunctioncode", "group", "arraysource", "processingsteps", RELATIVE),
    *("geoloctransformer", "rpctransformer", "subclass"),
)
NOT_PLAIN_DOMAINS = ("geolocation", "rpc")


def is_mosaic(path: Path) -> bool:
    """Tell by its content whether a file is a mosaic."""
    with open(regular(path), "rb") as file:
        return ROOT in file.read(LOOKED_AT)


def members(path: Path, root: Path) -> list[Path]:
    """Return the files a mosaic names, as GDAL will find them.

    Parameters
    ----------
    path
        The mosaic.
    root
        Folder in which they must lie.

    Raises
    ------
    InputError
        It is no well-formed XML, has a DTD, is not of the plain kind, or names something outside `root`.
    """
    found = []
    for name, relative in _Document(path).names:
        member = path.parent / name if relative else Path(name)
        if not member.resolve().is_relative_to(root.resolve()):
            raise InputError(
                f"{path} names {name!r}, which does not lie in {root}; put the tiles there and build the mosaic anew."
            )
        found.append(regular(member, f"{path.name} names it: put it in place or build the mosaic anew"))
    return found


class _Document:
    """One reading of a mosaic's XML; `names` holds (text, whether it is relative to the mosaic)."""

    def __init__(self, path: Path):
        self.names: list[tuple[str, bool]] = []
        self._path, self._text = path, ""
        self._names = self._relative = False
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._characters
        parser.EndElementHandler = self._end
        try:
            parser.Parse(read_bytes(path), True)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the latter two of an encoding that it names
            raise InputError(f"{path} is not well-formed XML ({error}); build the mosaic anew.") from None

    def _refuse_dtd(self, *_: object) -> None:
        raise InputError(f"{self._path} declares a document type, which no mosaic needs; build it anew.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag, said = tag.casefold(), {key.casefold(): value.casefold() for key, value in attributes.items()}
        odd = [
            *([said["subclass"]] if said.get("subclass", "") not in PLAIN_CLASSES else []),
            *([said["domain"]] if said.get("domain", "") in NOT_PLAIN_DOMAINS else []),
            *([tag] if tag in NOT_PLAIN else []),
            *(key for key in said if key in NAMES_A_FILE),
            *(value for key, value in said.items() if key == RELATIVE and value not in ("0", "1")),
        ]
        if odd:
            raise InputError(f"{self._path} is no plain mosaic of tiles ({odd[0]}); give pvmap a GeoTIFF of it.")
        self._names, self._text = tag in NAMES_A_FILE, ""
        self._relative = said.get(RELATIVE) == "1"

    def _characters(self, text: str) -> None:
        self._text += text if self._names else ""

    def _end(self, tag: str) -> None:
        if tag.casefold() in NAMES_A_FILE:
            self.names.append((self._text, self._relative))
        self._names = False
