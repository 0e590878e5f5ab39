"""The overview: every site's point and codes in one block, so that nothing is dropped at any zoom."""

from __future__ import annotations

import numpy as np

from pvmap.webmap.tiles import KEY, Cut, assemble, planes, zigzag


def overview(
    zoom: int,
    parts: Cut,
    point_x: np.ndarray,
    point_y: np.ndarray,
    codes: dict[str, np.ndarray],
    large: list[int],
    n_sites: np.ndarray | None = None,
) -> bytes:
    """Encode points and codes of all sites of a layer, in numbered order.

    Parameters
    ----------
    zoom, parts
        Zoom of the tiles, and which site lies where.
    point_x, point_y
        Representative points in tile units, in numbered order. (site,)
    codes
        Per variable and level the 16-bit code of every site. (site,)
    large
        Numbers of the sites that tiles hold in pieces.
    n_sites
        Of how many sites each is the sum, where they are cells. (site,)

    Returns
    -------
    bytes
        Header with the tile list (column, row, first number, own sites), then x and y as 1/65536 of the owner tile,
        then the codes, all in two byte planes.
    """
    tile_x, tile_y = parts.owner // KEY, parts.owner % KEY
    x = ((point_x - tile_x) * 65536).clip(0, 65535).astype(np.int64)
    y = ((point_y - tile_y) * 65536).clip(0, 65535).astype(np.int64)
    header = {
        "n": len(x),
        "zoom": zoom,
        "tiles": np.stack([parts.keys // KEY, parts.keys % KEY, parts.first, parts.owned], axis=1).tolist(),
        "columns": list(codes),
        "large": large,
    }
    if n_sites is not None:
        header["n_sites"] = n_sites.tolist()
    blocks = [planes(zigzag(x), 2), planes(zigzag(y), 2), *(planes(values, 2) for values in codes.values())]
    return assemble(header, blocks)
