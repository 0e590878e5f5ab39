"""Which loss acts on which mounting, once."""

from __future__ import annotations

import pytest

from pvmap.energy.losses import mounting_parameters
from pvmap.settings.energy import EnergySettings, ThermalSettings

TABLE = {  # docs/method.md, light to electricity
    "flush": {"uc": 20.0, "uv": 0.0, "dc_ac": 1.15, "transformer": False, "in_rows": False, "bifacial": False},
    "rack": {"uc": 29.0, "uv": 0.0, "dc_ac": 1.15, "transformer": False, "in_rows": True, "bifacial": False},
    "ground": {"uc": 29.0, "uv": 0.0, "dc_ac": 1.25, "transformer": True, "in_rows": True, "bifacial": True},
    "pond": {"uc": 31.9, "uv": 1.5, "dc_ac": 1.25, "transformer": True, "in_rows": True, "bifacial": True},
}


@pytest.mark.parametrize("mounting", TABLE)
def test_parameters_by_mounting(mounting):
    expected, found = TABLE[mounting], mounting_parameters(mounting, EnergySettings())
    assert (found.uc, found.uv, found.absorbed_share) == (expected["uc"], expected["uv"], 0.70)
    assert found.ac_limit == pytest.approx(1 / expected["dc_ac"])
    assert ("transformer" in found.ac_losses) is expected["transformer"]
    assert (found.in_rows, found.bifacial) == (expected["in_rows"], expected["bifacial"])


def test_losses_multiply_and_a_surface_may_be_dirtier():
    flush = mounting_parameters("flush", EnergySettings())
    assert flush.dc_factor() == pytest.approx(0.97 * 0.997 * 0.985 * 0.985 * 0.995 * 0.99)
    assert flush.dc_factor(0.04) == pytest.approx(flush.dc_factor() * 0.96 / 0.97)
    assert flush.ac_factor == pytest.approx(0.99 * 0.985)
    assert mounting_parameters("pond", EnergySettings()).ac_factor == pytest.approx(0.99 * 0.985 * 0.99)


def test_faiman_holds_for_all_mountings():
    settings = EnergySettings(thermal=ThermalSettings(model="faiman"))
    for mounting in TABLE:
        found = mounting_parameters(mounting, settings)
        assert (found.uc, found.uv, found.absorbed_share) == (25.0, 6.84, 1.0)


def test_unknown_mounting_is_our_own_bug():
    with pytest.raises(KeyError):
        mounting_parameters("carport", EnergySettings())
