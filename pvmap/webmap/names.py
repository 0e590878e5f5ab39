"""Where each site stands in the list by name: put in order here, for a browser takes seconds over a million names."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pvmap.webmap.columns import PLACE_BY_NAME, Packed
from pvmap.webmap.shown import Shown
from pvmap.webmap.tiles import RECORD, SYMBOLS


def pack_places(shown: Shown, folder: Path) -> Packed:
    """Pack the place of each site by name, so that the page sorts names as it sorts numbers."""
    folder.mkdir(exist_ok=True)
    places = places_by_name(shown.column("name"), shown.column("site_id")).astype(np.int32)
    return Packed.kept_in(folder / "0.npy", PLACE_BY_NAME, 1.0, None, places)


def places_by_name(names: pd.Series, ids: pd.Series) -> np.ndarray:
    """Place of each site by name, from 1; after all names those that have none, by identifier.

    Names that differ in width or case alone share a place. Letters and figures come first, then Chinese in the order of
    GB 18030: common characters (GB 2312's first level) by their pinyin, rarer ones after them.

    Parameters
    ----------
    names, ids
        Of each site; a name may be empty. (site,)

    Returns
    -------
    ndarray
        Places. (site,)

    Examples
    --------
    >>> places_by_name(pd.Series(["镇江厂", "", "Ａ厂", "安居苑", "a厂"]), pd.Series(list("edcba"))).tolist()
    [3, 4, 1, 2, 1]
    """
    bare = (names == "").to_numpy()
    places = np.empty(len(names), np.int64)
    places[~bare] = _ranks(pa.array(_keys(names[~bare]), pa.large_binary()))
    places[bare] = places[~bare].max(initial=0) + _ranks(pa.array(ids[bare], pa.large_string()))
    return places


def _ranks(texts: pa.Array) -> np.ndarray:
    """Rank of texts, from 1; equal ones share it."""
    return pc.rank(texts, tiebreaker="dense").to_numpy()


def _keys(names: pd.Series) -> list[bytes]:
    """Bytes in whose order names stand; all names as one text, for a million of them take long one by one."""
    if names.empty:
        return []
    text = unicodedata.normalize("NFKC", RECORD.join(name.replace(RECORD, SYMBOLS[RECORD]) for name in names))
    # the separator is no part of a character in GB 18030, whose later bytes are 0x30 and above
    return text.casefold().encode("gb18030").split(RECORD.encode())
