"""Heights that are known, made noisy as public ones are: what a run tells of each roof must hold of the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from known_heights import bias, covered, judged, known, observed, town


@pytest.mark.slow
@pytest.mark.parametrize(("name", "effort"), [("suzhou", "sample"), ("tokyo", "full")])
def test_intervals_hold_the_truth_and_the_bias_of_noise_goes(
    tmp_path: Path, shared_data: Path, name: str, effort: str
) -> None:
    outlines = known(shared_data, name, 1200)
    height = outlines["height"].to_numpy(float)
    truth = town(tmp_path / "truth", outlines, height, "exact", "off").kwh
    frame = judged(town(tmp_path / "noisy", outlines, observed(height, "6.5 m", 1), "6.5 m", effort), truth)
    held = covered(frame)
    assert len(frame) > 800
    assert 0.74 < held["all"] < 0.90, held
    assert all(0.66 < share < 0.95 for share in held.values()), held
    assert abs(bias(frame, "mean")) < max(0.5 * abs(bias(frame, "read")), 0.005)
