"""What the transformers of a district carry down to it and back up."""

from __future__ import annotations

import pandas as pd


def transformer_limits(hosting: pd.DataFrame, power_factor: float) -> pd.DataFrame:
    """Add up the transformers of the highest voltage of each district.

    Parameters
    ----------
    hosting
        Contract table.
    power_factor
        Active over apparent power.

    Returns
    -------
    pandas.DataFrame
        `district`, `down_mw` (ratings x power factor), `up_mw` (upward limits); districts without transformers are
        left out.
    """
    devices = hosting[(hosting["kind"] == "device") & (hosting["district"] != "")]
    top = devices[devices["level_kv"] == devices.groupby("district")["level_kv"].transform("max")]
    sums = top.groupby("district", sort=True)[["rating_mva", "upward_mw"]].sum().reset_index()
    return pd.DataFrame(
        {"district": sums["district"], "down_mw": power_factor * sums["rating_mva"], "up_mw": sums["upward_mw"]}
    )
