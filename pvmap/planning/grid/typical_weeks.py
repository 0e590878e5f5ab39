"""Weeks that stand for a year, so that a solver is done in minutes."""

from __future__ import annotations

import numpy as np

WEEK = 168  # hours


def typical_weeks(energy: np.ndarray, weeks: int) -> np.ndarray:
    """Hours of the weeks that stand for the year, in their order.

    Parameters
    ----------
    energy
        (T,) sun of each hour.
    weeks
        How many: the year is cut into as many equal seasons, and of each that week is taken whose sun is nearest to
        the season's mean.
    """
    whole_weeks = energy[: len(energy) // WEEK * WEEK].reshape(-1, WEEK).sum(axis=1)
    seasons = np.array_split(np.arange(len(whole_weeks)), min(weeks, len(whole_weeks)))
    chosen = [season[np.abs(whole_weeks[season] - whole_weeks[season].mean()).argmin()] for season in seasons]
    return np.concatenate([np.arange(week * WEEK, (week + 1) * WEEK) for week in chosen])
