"""Paths and names as a city file may write them, on whatever system it was written and is read."""

from __future__ import annotations

import json
import os
import re
from pathlib import PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from pvmap.settings.addresses import place_of, scheme_of

LONGEST_NAME = 60  # characters: names of folders end at 255 bytes, paths on Windows at 260 characters
# Devices that Windows sees in every folder, whatever the ending (learn.microsoft.com, "Naming Files, Paths, and
# Namespaces")
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")})
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # a scheme; one letter alone is a drive
_LIST = '["'  # how the JSON of a list of texts begins, and no path that anybody has
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def portable(text: str) -> str:
    r"""Return the path of an input file as this system writes it.

    Raises
    ------
    ValueError
        It is an address (other than one of storage that the user allows) or one of GDAL's own paths, holds control
        characters, or names a drive or a share of Windows on a system that has none.

    Examples
    --------
    >>> portable("terrain\\dem.tif")
    'terrain/dem.tif'
    """
    if _CONTROL.search(text):
        raise ValueError("a path holds no control characters")
    if text.casefold().lstrip("/\\").startswith("vsi") and text[0] in "/\\":
        raise ValueError("a path that GDAL makes up; name a file on this computer")
    if scheme_of(text):
        return place_of(text)
    if _ADDRESS.match(text):
        raise ValueError("an address; fetch the file and name it where it lies")
    drive = PureWindowsPath(text).drive
    if os.name == "nt" and drive:
        return text
    if drive and not text.startswith("//"):
        raise ValueError(f"{drive} is a drive or a share of Windows; write where the file lies on this computer")
    return text.replace("\\", "/")


def one_or_many(given: object) -> object:
    """Return a path, or a list of paths as the one text that settings, stamps and sentences hold: its JSON.

    Raises
    ------
    ValueError
        The list is empty or holds something else than paths; or see `portable`.

    Examples
    --------
    >>> one_or_many(["a.tif", "b.tif"])
    '["a.tif", "b.tif"]'
    """
    if isinstance(given, str) and not given.startswith(_LIST):
        return portable(given)
    paths = json.loads(given) if isinstance(given, str) else given
    if not isinstance(paths, list | tuple):
        return given  # of another type, which is told as for any text
    if not paths or not all(isinstance(one, str) and one for one in paths):
        raise ValueError("a list names at least one path, and nothing but paths")
    return json.dumps([portable(one) for one in paths], ensure_ascii=False)


def paths_in(text: str) -> tuple[str, ...]:
    """Return the paths in what `one_or_many` gives."""
    return tuple(json.loads(text)) if text.startswith(_LIST) else (text,)


def usable_as_folder(name: str) -> str:
    """Return a city's name if every system can have a folder of that name.

    Raises
    ------
    ValueError
        Windows keeps the name for a device, or commands take it for an option.
    """
    if name.startswith("-"):
        raise ValueError("commands take a name that begins with - for an option; choose another")
    if name.split(".")[0] in DEVICES:
        raise ValueError("Windows keeps this name for a device; choose another")
    return name


FilePath = Annotated[str, AfterValidator(portable)]
RasterPath = Annotated[str, BeforeValidator(one_or_many)]
FolderName = Annotated[str, AfterValidator(usable_as_folder)]
