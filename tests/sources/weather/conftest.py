"""A year of hours that is known exactly, for files of every format to be written from."""

import pandas as pd
import pytest
from weather_truth import hours_of


@pytest.fixture(scope="session")
def utc_year() -> pd.DataFrame:
    """Hours of 2022 in UTC, sun at mid-hour."""
    return hours_of("2022-01-01", "2023-01-01")
