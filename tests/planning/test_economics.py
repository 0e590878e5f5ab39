"""Levelised cost and what it is made of: check values by hand."""

import numpy as np
import pytest

from pvmap.planning.money.economics import Costs, lcoe, output_factors, size_factor
from pvmap.settings.energy import EnergySettings
from pvmap.settings.money import EconomicsSettings


def costs(capex, opex=0.0, replacement=0.0, salvage=0.0):
    return Costs(*(np.atleast_1d(np.asarray(v, float)) for v in (capex, opex, replacement, salvage)))


@pytest.mark.parametrize(
    ("capex", "opex", "energy", "expected"),
    [
        (2700, 46, 1080, 0.2497),
        (2600, 46, 1040, 0.2514),
        (2900, 40, 1127, 0.2483),
        (3200, 40, 1060, 0.2872),
        (3100, 50, 1107, 0.2771),
    ],
)
def test_check_values_by_hand(capex, opex, energy, expected):
    value = lcoe(costs(capex, opex), np.array([energy]), output_factors(EnergySettings()), EconomicsSettings())
    assert round(float(value[0]), 4) == expected


def test_output_falls_by_a_line():
    output = output_factors(EnergySettings())
    assert output[0] == pytest.approx(0.99) and output[24] == pytest.approx(0.99 - 0.004 * 24)
    assert output.mean() == pytest.approx(0.942)


def test_each_option_moves_the_cost_by_its_present_value():
    plan, output, energy = EconomicsSettings(), output_factors(EnergySettings()), np.array([1000.0])
    produced = sum(1000.0 * output[t] * 1.06 ** -(t + 1) for t in range(25))
    base = lcoe(costs(2700, 46), energy, output, plan)[0]
    with_inverter = lcoe(costs(2700, 46, replacement=104.0), energy, output, plan)[0]
    with_salvage = lcoe(costs(2700, 46, salvage=135.0), energy, output, plan)[0]
    assert with_inverter - base == pytest.approx(104.0 * 1.06**-13 / produced, rel=1e-9)
    assert base - with_salvage == pytest.approx(135.0 * 1.06**-25 / produced, rel=1e-9)


def test_no_energy_has_no_levelised_cost():
    assert np.isnan(lcoe(costs([1, 0]), np.zeros(2), output_factors(EnergySettings()), EconomicsSettings())).all()


@pytest.mark.parametrize(
    ("kw", "factor"), [(0, 1.08), (99.9, 1.08), (100, 1.0), (999, 1.0), (1000, 0.97), (50_000, 0.97)]
)
def test_size_factor(kw, factor):
    assert size_factor(np.array([kw]), EconomicsSettings().size_factors["commercial"])[0] == factor
