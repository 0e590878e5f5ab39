"""In which encoding a shapefile's text is written: often nothing says so."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from pvmap.findings import Finding, finding
from pvmap.opening import PAIRED_SHARE, paired_share
from pvmap.settings.city import VectorInput
from pvmap.sources import archive
from pvmap.sources.companions import vector_files
from pvmap.sources.layer import stated_encoding


def encoding_of(
    path: Path, inner: str, place: str, source: VectorInput, layer: str | None
) -> tuple[str | None, tuple[Finding, ...]]:
    """Choose the encoding: the stated one, else UTF-8 where a shapefile without .cpg is that, else OGR's choice.

    Shapefiles made in China are often UTF-8 or GBK without saying so, and OGR then reads ISO-8859-1: mojibake. A
    guess of GBK is told, UTF-8 hardly decodes by chance.

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
    text = _undeclared_text(path, inner)
    if text is None:
        return None, ()
    guess = _guess(text)
    if guess == "UTF-8":
        return guess, ()
    chosen = pyogrio.read_info(place, layer=layer)["encoding"]
    if chosen == "UTF-8":  # the .dbf names a code page, which OGR has decoded
        return None, ()
    chosen = guess or chosen
    return chosen, (finding("encoding-guessed", layer=source.path, encoding=chosen),)


def _guess(text: bytes) -> str | None:
    """Guess an encoding: UTF-8 where all of it is, GB18030 where high bytes come in pairs as Chinese ones do."""
    try:
        text.decode("utf-8")
        return "UTF-8"
    except UnicodeDecodeError:
        return "GB18030" if paired_share(text) > PAIRED_SHARE else None


def _undeclared_text(path: Path, inner: str) -> bytes | None:
    """Field names and records of a shapefile's .dbf; None where a .cpg declares their encoding or there is none."""
    if inner:
        content = None if archive.content(path, inner, ".cpg") is not None else archive.content(path, inner, ".dbf")
    else:
        siblings = {one.suffix.lower(): one for one in vector_files(path)}
        content = siblings[".dbf"].read_bytes() if ".dbf" in siblings and ".cpg" not in siblings else None
    if content is None:
        return None
    header = int.from_bytes(content[8:10], "little")
    names = b"".join(content[i : i + 11] for i in range(32, header - 1, 32))
    return names + content[header:]
