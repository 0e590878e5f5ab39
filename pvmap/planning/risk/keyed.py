"""Random numbers that belong to a site: the same whatever tile, worker or order it is drawn in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from pvmap.compiled import njit

Keys = npt.NDArray[np.uint64]


def keys_of(site_id: pd.Series) -> Keys:
    """Turn ids into the numbers their random numbers hang on, (n,).

    Parameters
    ----------
    site_id
        Ids, which a site keeps from run to run.
    """
    return pd.util.hash_array(site_id.to_numpy(object), categorize=False)


@njit(cache=True)
def uniform(key, stream):
    """Draw from between 0 and 1 by a site's key and the number of the stream (the finaliser of splitmix64)."""
    x = key + np.uint64(stream) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (float(x >> np.uint64(11)) + 0.5) / 9007199254740992.0


@njit(cache=True)
def _uniforms(keys, stream, out):
    for i in range(keys.size):
        out[i] = uniform(keys[i], stream)


def uniforms(keys: Keys, stream: int) -> np.ndarray:
    """Draw one number between 0 and 1 for each key, (n,)."""
    out = np.empty(len(keys))
    _uniforms(keys, stream, out)
    return out


def normals(keys: Keys, stream: int) -> np.ndarray:
    """Draw one standard normal number for each key, (n,)."""
    return ndtri(uniforms(keys, stream))
