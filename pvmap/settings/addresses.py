"""Addresses in object storage that a city file may name as inputs, where its user allows it.

A city file may come from anybody, so none opens the network by itself: the schemes stand in the environment of whoever
runs it. An allowed address becomes a path below the raw folder, into which the file is brought before it is read, and
from which the address can be told again.
"""

from __future__ import annotations

import os
import re

SCHEMES = {"s3": "s3fs", "gs": "gcsfs", "abfs": "adlfs"}  # and the package that each needs
ALLOWED = "PVMAP_STORAGE"  # environment variable: schemes that may be used
BROUGHT = "from-storage"  # folder below data/raw/CITY
_ADDRESS = re.compile(rf"({'|'.join(SCHEMES)})://(.*)", re.DOTALL)
_PART = re.compile(r"""[^\x00-\x1f\x7f<>:"|?#@\\/]*[^\x00-\x1f\x7f<>:"|?#@\\/. ]""")


def scheme_of(text: str) -> str:
    """Scheme of an address in object storage; empty where the text is none."""
    found = _ADDRESS.match(text)
    return found[1] if found else ""


def is_allowed(scheme: str) -> bool:
    """Whether the user lets pvmap ask storage of this scheme."""
    return scheme in SCHEMES and scheme in re.split(r"[,\s]+", os.environ.get(ALLOWED, ""))


def place_of(address: str) -> str:
    """Path below the raw folder at which the file of an address is read.

    Raises
    ------
    ValueError
        Its scheme is not allowed, or its name is none that a file can have.
    """
    scheme = scheme_of(address)
    if not is_allowed(scheme):
        raise ValueError(
            f"an address, and {scheme} is not allowed; set {ALLOWED}={scheme} where you run pvmap if you trust this "
            "city file, or fetch the file and name it where it lies"
        )
    parts = address.removeprefix(f"{scheme}://").split("/")
    if len(parts) < 2 or not all(map(_PART.fullmatch, parts)):
        raise ValueError(f"not an address of a file; write {scheme}://BUCKET/FOLDER/NAME")
    return "/".join((BROUGHT, scheme, *parts))


def address_of(path: str) -> str:
    """Address that a path of `place_of` stands for; empty where it stands for itself.

    Examples
    --------
    >>> address_of("from-storage/s3/city/raw/roofs.gpkg")
    's3://city/raw/roofs.gpkg'
    """
    folder, _, rest = path.partition("/")
    scheme, _, rest = rest.partition("/")
    return f"{scheme}://{rest}" if folder == BROUGHT and scheme in SCHEMES else ""
