"""What may a height be, given what was observed: likelihood by the source's error, density of heights by size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import erfc

Floats = npt.NDArray[np.float64]

LOWEST_M = 3.0  # what is told to be lower counts as "at most this"
STEP_M, STEP_SHARE = 1.5, 0.025  # of the grid: heights surer than a step are drawn by their own error alone
EVEN_UP_TO_M = STEP_M / STEP_SHARE  # 60 m; from here on steps grow with the height, to 1 km
GRID_M = np.concatenate(  # heights a draw may take [m]
    [np.arange(LOWEST_M, EVEN_UP_TO_M, STEP_M), EVEN_UP_TO_M * (1.0 + STEP_SHARE) ** np.arange(115)]
)
GUESSED_LOG_SD = 0.4  # from here on a height is an assumption: it tells nothing of how heights are spread
SIZES = 3  # classes of footprint, each with a density of heights of its own
SPREAD_OF_GUESSES = 20.0  # buildings that an even density counts for beside those whose height was observed
EM_STEPS = 60, 1000  # at least and at most; as many as buildings between: few cannot tell classes
BIN_M = 0.5  # of observed heights, where the whole city's are counted


class Observed(NamedTuple):
    """Heights as they were observed, each an (n,) array.

    Attributes
    ----------
    height_m
        What the source tells. [m]
    rmse_m
        Standard deviation of a normal error; 0 where the error is relative. [m]
    log_sd
        Standard deviation of the logarithm of a relative error; 0 where the error is absolute.
    size
        Class of footprint, 0 to `SIZES` - 1.
    """

    height_m: Floats
    rmse_m: Floats
    log_sd: Floats
    size: npt.NDArray[np.int64]

    @property
    def precise(self) -> npt.NDArray[np.bool_]:
        """Whether a height is surer than the grid's step."""
        return (self.log_sd == 0) & (self.rmse_m < np.maximum(STEP_M, STEP_SHARE * self.height_m))

    @property
    def told(self) -> npt.NDArray[np.bool_]:
        """Whether a height was observed at all, not assumed."""
        return self.log_sd < GUESSED_LOG_SD

    def take(self, rows: npt.NDArray[np.int64]) -> Observed:
        """Return the same of some buildings."""
        return Observed(self.height_m[rows], self.rmse_m[rows], self.log_sd[rows], self.size[rows])

    def corrupted(self, truth_m: Floats, normal: Floats) -> Observed:
        """Observe other heights with the same errors; what is assumed stays as it was assumed.

        Parameters
        ----------
        truth_m
            (n,) heights to observe. [m]
        normal
            (n,) standard normal numbers.
        """
        seen = np.where(self.log_sd > 0, truth_m * np.exp(self.log_sd * normal), truth_m + self.rmse_m * normal)
        return self._replace(height_m=np.where(self.told, np.maximum(seen, LOWEST_M), self.height_m))


def likelihood(observed: Observed, grid_m: Floats = GRID_M) -> Floats:
    """Density of each observation were its building as high as the grid says, over its largest, (n, grid)."""
    relative = (observed.log_sd > 0)[:, None]
    scale = np.maximum(np.where(observed.log_sd > 0, observed.log_sd, observed.rmse_m), 1e-3)[:, None]
    seen = np.maximum(observed.height_m, LOWEST_M)[:, None]
    away = np.where(relative, np.log(seen / grid_m), seen - grid_m) / scale
    out = np.exp(-0.5 * np.square(away))
    least = np.flatnonzero((observed.height_m <= LOWEST_M) & observed.told)
    out[least] = erfc(-away[least] / np.sqrt(2)) / 2
    return out / np.maximum(out.max(axis=1, keepdims=True), 1e-300)


def height_density(observed: Observed, grid_m: Floats = GRID_M) -> Floats:
    """Density of true heights of each class of footprint, freed of the errors of observation.

    Parameters
    ----------
    observed
        The whole city's buildings.
    grid_m
        (grid,) heights. [m]

    Returns
    -------
    numpy.ndarray
        (SIZES, grid), each row adds up to 1.

    Notes
    -----
    Non-parametric maximum likelihood by expectation and maximisation [laird1978]_, over counts of like observations;
    an even density beside it stands for heights that few or no observations speak of.

    References
    ----------
    .. [laird1978] N. Laird, Nonparametric maximum likelihood estimation of a mixing distribution, Journal of the
       American Statistical Association 73 (1978), 805-811, doi:10.1080/01621459.1978.10480103.
    """
    even = np.full(len(grid_m), 1.0 / len(grid_m))
    out = np.tile(even, (SIZES, 1))
    for size in range(SIZES):
        mine = observed.take(np.flatnonzero((observed.size == size) & observed.told))
        if not len(mine.height_m):
            continue
        rough = np.round(np.maximum(mine.height_m, LOWEST_M) / BIN_M) * BIN_M
        cells, count = np.unique(np.stack([rough, mine.rmse_m, mine.log_sd]), axis=1, return_counts=True)
        seen = Observed(
            cells[0], np.maximum(cells[1], np.where(cells[2] > 0, 0.0, BIN_M)), cells[2], cells[0].astype(int)
        )
        like, p, n = likelihood(seen, grid_m), even, count.sum()
        for _ in range(int(np.clip(n, *EM_STEPS))):
            p = p * ((count / np.maximum(like @ p, 1e-300)) @ like) / n
        known = n / (n + SPREAD_OF_GUESSES)
        out[size] = 0.98 * known * p + (1 - 0.98 * known) * even
    return out / out.sum(axis=1, keepdims=True)
