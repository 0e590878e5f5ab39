"""In which encoding a shapefile's text is written: often nothing says so."""

from __future__ import annotations

import codecs
from pathlib import Path

import pyogrio

from pvmap.findings import Finding, finding
from pvmap.gbk import has_words, is_paired, utf8_by_chance
from pvmap.settings.city import VectorInput
from pvmap.sources import archive
from pvmap.sources.companions import vector_files
from pvmap.sources.layer import stated_encoding

OF_OTHERS = ("ansi", "oem", "system", "iso", "big", "ldid")  # names that GDAL or other programs have for one
# What programs in China write for text in GBK: western encodings, and the byte of a .dbf that means them or "ANSI"
WESTERN, WESTERN_CODES = ("iso8859-1", "iso8859-15", "cp1252", "cp437", "cp850"), (0x01, 0x02, 0x03, 0x57, 0x58)
ANSI_NUMBERS = ("88591", "885915")  # as GDAL numbers the first two
CODE_PAGE_AT = 29


def encoding_of(
    path: Path, inner: str, place: str, source: VectorInput, layer: str | None
) -> tuple[str | None, tuple[Finding, ...]]:
    """Choose the encoding: the stated one, else UTF-8 where a shapefile without .cpg is that, else OGR's choice.

    Shapefiles made in China are often UTF-8 or GBK without saying so, or say ISO-8859-1 or "ANSI": mojibake. A guess of
    GBK is told, UTF-8 hardly decodes by chance.

    Parameters
    ----------
    path, inner
        The file; its member that is meant where it is a zip, else empty.
    place
        How GDAL names it.
    source
        Its input.
    layer
        Layer to read.

    Returns
    -------
    encoding, findings
        None leaves the choice to OGR.
    """
    stated = stated_encoding(source)
    if stated or not place.lower().endswith(".shp"):
        return stated, ()
    text, says, misnamed = _doubtful_text(path, inner)
    if text is None:
        return None, ()
    guess = _guess(text)
    if guess == "UTF-8":
        return guess, ()
    chosen = pyogrio.read_info(place, layer=layer)["encoding"]
    if chosen == "UTF-8" and not misnamed and not (guess and says in WESTERN_CODES and has_words(text)):
        return None, ()  # a code page or an encoding is named, which OGR has decoded
    chosen = guess or chosen
    return chosen, (finding("encoding-guessed", layer=source.path, encoding=chosen),)


def _guess(text: bytes) -> str | None:
    """Guess an encoding: UTF-8 where all of it is, GB18030 where that is chance or high bytes come in Chinese pairs."""
    try:
        text.decode("utf-8")
        return "GB18030" if utf8_by_chance([text]) else "UTF-8"
    except UnicodeDecodeError:
        return "GB18030" if is_paired(text) else None


def _is_encoding(declared: bytes) -> bool:
    """Whether a .cpg names an encoding, by a name or the number of a code page; else it says nothing."""
    name = declared.decode("latin-1").strip()
    try:
        codecs.lookup(f"cp{name}" if name.isdigit() else name)
    except (LookupError, ValueError):
        return name.isdigit() or any(name.casefold().startswith(one) for one in OF_OTHERS)
    return True


def _is_western(declared: bytes) -> bool:
    """Whether a .cpg names an encoding of western Europe."""
    name = declared.decode("latin-1").strip()
    try:
        return name in ANSI_NUMBERS or codecs.lookup(f"cp{name}" if name.isdigit() else name).name in WESTERN
    except (LookupError, ValueError):
        return False


def _doubtful_text(path: Path, inner: str) -> tuple[bytes | None, int, bool]:
    """Field names and records of a shapefile's .dbf; None where a .cpg names another encoding than a western one.

    Then the code page that the file claims, a number of `WESTERN_CODES` where its .cpg does; and whether a .cpg names
    something that is no encoding: OGR takes the text for UTF-8 then.
    """
    if inner:
        declared, content = (archive.content(path, inner, ending) for ending in (".cpg", ".dbf"))
    else:
        siblings = {one.suffix.lower(): one for one in vector_files(path)}
        declared, content = (siblings[end].read_bytes() if end in siblings else None for end in (".cpg", ".dbf"))
    known, western = (declared is not None and test(declared) for test in (_is_encoding, _is_western))
    if content is None or (known and not western):
        return None, 0, False
    header = int.from_bytes(content[8:10], "little")
    names = b"".join(content[i : i + 11] for i in range(32, header - 1, 32))
    says = WESTERN_CODES[0] if western else int.from_bytes(content[CODE_PAGE_AT : CODE_PAGE_AT + 1], "little")
    return names + content[header:], says, declared is not None and not western
