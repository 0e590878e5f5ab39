"""Assumptions of the planning stage: money, value, policy, risk, carbon, storage."""

from __future__ import annotations

from pvmap.settings.base import Merged, NotNegative, Section, Share, assumption
from pvmap.settings.build_out import BuildOutSettings
from pvmap.settings.hosting import HostingSettings
from pvmap.settings.money import EconomicsSettings
from pvmap.settings.policy import PolicySettings
from pvmap.settings.storage import StorageSettings
from pvmap.settings.tariff import TariffSettings


class RiskSettings(Merged):
    """Errors of a yield, as standard deviations."""

    sigma: dict[str, NotNegative] = assumption(
        {"year": 0.04, "resource": 0.045, "transposition": 0.03, "model": 0.02, "soiling": 0.015},
        unit="1",
        mark="unverified",
        source="judgement: year to year 4 %, long-term sun 4.5 %, tilted plane 3 %, model 2 %, dirt "
        "1.5 %: together 7.2 %",
        about="standard deviation of each error component, relative to the yearly yield",
    )
    correlation: dict[str, Share] = assumption(
        {
            **{"year": 1.0, "resource": 1.0, "transposition": 1.0, "model": 1.0, "soiling": 0.0},
            **{"height": 0.1, "outline": 0.3, "use": 0.1, "form": 0.1},
        },
        unit="1",
        mark="unverified",
        source="judgement: one sky and one model over the whole city, dirt by site; heights, outlines and uses of one "
        "source lean the same way a little, most of their error is each building's own",
        about="correlation of each component, and of each error of inputs, between any two sites",
    )


class CarbonSettings(Section):
    """What a delivered megawatt-hour displaces."""

    co2_t_per_mwh: float = assumption(
        0.5827,
        unit="t/MWh",
        mark="unverified",
        source="[emission47] Jiangsu 2023",
        about="CO2 of the grid's mean megawatt-hour; first year only, never multiplied over 25 years",
        low=0.5306,
        high=0.8273,
        gt=0,
    )
    co2_fossil_t_per_mwh: float = assumption(
        0.8273,
        unit="t/MWh",
        mark="unverified",
        source="[emission47] fossil power 2023",
        about="CO2 of the mean megawatt-hour of fossil power: the other baseline",
        gt=0,
    )
    standard_coal_fossil_kg_per_kwh: float = assumption(
        0.30,
        unit="kgce/kWh",
        mark="unverified",
        source="judgement: mean of coal power, 0.28-0.31 by the size of the units",
        about="standard coal of a kilowatt-hour of fossil power",
        low=0.28,
        high=0.31,
        ge=0,
    )
    coal_equivalent_kg_per_kwh: float = assumption(
        0.1229,
        unit="kgce/kWh",
        mark="unverified",
        source="[gbt2589] electricity by its heat",
        about="standard coal of a kilowatt-hour that is used, for the energy of a park",
        gt=0,
    )
    near_zero_t_per_tce: float = assumption(
        0.20,
        unit="t/tce",
        mark="unverified",
        source="[parks910] read second-hand: 0.20 for parks that use up to a million tons, 0.30 above",
        about="CO2 per standard coal used that a near-zero-carbon park may emit",
        low=0.20,
        high=0.30,
        gt=0,
    )

    @property
    def standard_coal_kg_per_kwh(self) -> float:
        """Standard coal of the grid's mean kilowatt-hour [kgce/kWh]: less in the proportion of its CO2."""
        return self.standard_coal_fossil_kg_per_kwh * self.co2_t_per_mwh / self.co2_fossil_t_per_mwh


class GridSettings(Section):
    """The grid around the city, for PyPSA."""

    import_mw: float = assumption(
        6000.0, unit="MW", mark="unverified", source="[peak2024] peak load 5.75 GW", about="import", ge=0
    )
    export_mw: float = assumption(
        6000.0, unit="MW", mark="unverified", source="judgement: as import", about="export limit", ge=0
    )
    link_mw: float = assumption(
        2000.0,
        unit="MW",
        mark="unverified",
        source="judgement: a double circuit of 220 kV carries so much",
        about="link of each district to the city bus",
        ge=0,
    )
    grid_adder_cny_per_mwh: float = assumption(
        0.0,
        unit="CNY/MWh",
        mark="choice",
        source="judgement: retail contains network charges that are no cost to the system",
        about="what imports cost above the market price of the hour",
        ge=0,
    )
    export_discount_cny_per_mwh: float = assumption(
        10.0,
        unit="CNY/MWh",
        mark="unverified",
        source="judgement: losses and settlement; above zero, so that nothing is gained by buying and selling at once",
        about="what exports earn less than the market price of the hour",
        ge=0,
    )
    shedding_cny_per_mwh: float = assumption(
        10000.0,
        unit="CNY/MWh",
        mark="choice",
        source="judgement: dearer than all else",
        about="cost of load shedding",
        ge=0,
    )
    marginal_cny_per_mwh: float = assumption(
        0.1,
        unit="CNY/MWh",
        mark="choice",
        source="judgement: a little above zero, so that the solver has no ties",
        about="marginal cost of photovoltaics",
        ge=0,
    )
    demand_gwh: float = assumption(
        30000.0,
        unit="GWh/yr",
        mark="unverified",
        source="judgement: the peak of 5.75 GW for some 5,300 hours, 27-33 TWh; [peak2024]",
        about="the city's electricity where the bureau gives no load file, shared as the buildings' own loads are",
        low=27000.0,
        high=33000.0,
        ge=0,
    )


class PlanningSettings(Section):
    """From potential to plan."""

    economics: EconomicsSettings = EconomicsSettings()
    tariff: TariffSettings = TariffSettings()
    policy: PolicySettings = PolicySettings()
    risk: RiskSettings = RiskSettings()
    carbon: CarbonSettings = CarbonSettings()
    storage: StorageSettings = StorageSettings()
    grid: GridSettings = GridSettings()
    hosting: HostingSettings = HostingSettings()
    build_out: BuildOutSettings = BuildOutSettings()
    projects_per_group: int = assumption(
        20,
        unit="1",
        mark="choice",
        source="judgement: a page of a list",
        about="projects listed for each district and kind",
        ge=1,
    )
    pond_project_km: float = assumption(
        2.0,
        unit="km",
        mark="unverified",
        source="judgement: ponds within a short line of each other share a substation and an owner of the project",
        about="distance from the largest pond of a project up to which ponds belong to it",
        gt=0,
    )
    grid_cell_m: float = assumption(
        1000.0,
        unit="m",
        mark="choice",
        source="judgement: a cell that a reader can find on the ground, and many sites in it",
        about="cell of the aggregate grid",
        gt=0,
    )
