"""Paths and names as a city file may write them, on whatever system it was written and is read."""

from __future__ import annotations

import os
import re
from pathlib import PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator

LONGEST_NAME = 60  # characters: names of folders end at 255 bytes, paths on Windows at 260 characters
# Devices that Windows sees in every folder, whatever the ending (learn.microsoft.com, "Naming Files, Paths, and
# Namespaces")
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # a scheme; one letter alone is a drive
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def portable(text: str) -> str:
    r"""Return the path of an input file as this system writes it.

    Raises
    ------
    ValueError
        It is an address or one of GDAL's own paths, holds control characters, or names a drive or a share of Windows
        on a system that has none.

    Examples
    --------
    >>> portable("terrain\\dem.tif")
    'terrain/dem.tif'
    """
    if _CONTROL.search(text):
        raise ValueError("a path holds no control characters")
    if text.casefold().lstrip("/\\").startswith("vsi") and text[0] in "/\\":
        raise ValueError("a path that GDAL makes up; name a file on this computer")
    if _ADDRESS.match(text):
        raise ValueError("an address; fetch the file and name it where it lies")
    if os.name == "nt" or not text:
        return text
    drive = PureWindowsPath(text).drive
    if drive and not text.startswith("//"):
        raise ValueError(f"{drive} is a drive or a share of Windows; write where the file lies on this computer")
    return text.replace("\\", "/")


def usable_as_folder(name: str) -> str:
    """Return a city's name if every system can have a folder of that name.

    Raises
    ------
    ValueError
        Windows keeps the name for a device.
    """
    if name.split(".")[0] in DEVICES:
        raise ValueError("Windows keeps this name for a device; choose another")
    return name


FilePath = Annotated[str, AfterValidator(portable)]
FolderName = Annotated[str, AfterValidator(usable_as_folder)]
