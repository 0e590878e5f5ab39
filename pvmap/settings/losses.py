"""Assumptions of what is lost between module and meter, each factor once."""

from __future__ import annotations

from pvmap.settings.base import Section, assumption


class LossSettings(Section):
    """Losses that are shares of the power; none of them covers shade, reflection, heat or the inverter."""

    soiling: float = assumption(
        0.03,
        unit="1",
        mark="unverified",
        source="judgement: humid, dusty plain of the Yangtze delta, cleaned by rain; PVWatts takes 2 %",
        about="dirt; a surface near cement or active quarries carries its own value instead",
        low=0.02,
        high=0.05,
        ge=0,
        lt=1,
    )
    snow: float = assumption(
        0.003,
        unit="1",
        mark="unverified",
        source="judgement: a few days with snow a year",
        about="snow on modules",
        ge=0,
        lt=1,
    )
    mismatch: float = assumption(
        0.015,
        unit="1",
        mark="unverified",
        source="judgement: modules sorted by power, strings on one plane; PVWatts takes 2 %",
        about="modules that differ from each other",
        low=0.01,
        high=0.02,
        ge=0,
        lt=1,
    )
    dc_wiring: float = assumption(
        0.015,
        unit="1",
        mark="unverified",
        source="judgement: cables sized for 1-2 % at full power",
        about="resistance of DC cables",
        low=0.01,
        high=0.02,
        ge=0,
        lt=1,
    )
    connections: float = assumption(
        0.005, unit="1", mark="sourced", source="[pvlib_losses] after [pvwatts5]", about="connectors", ge=0, lt=1
    )
    low_light: float = assumption(
        0.01,
        unit="1",
        mark="unverified",
        source="judgement: efficiency at 200 W/m2 is 3-4 % lower, a third of the energy comes below "
        "400 W/m2; [pvel2024]",
        about="lower efficiency in weak light",
        low=0.005,
        high=0.02,
        ge=0,
        lt=1,
    )
    ac_wiring: float = assumption(
        0.01, unit="1", mark="unverified", source="judgement: usual design value", about="AC cables", ge=0, lt=1
    )
    availability: float = assumption(
        0.015,
        unit="1",
        mark="unverified",
        source="judgement: five days a year; PVWatts takes 3 %",
        about="hours out of service",
        low=0.005,
        high=0.03,
        ge=0,
        lt=1,
    )
    transformer: float = assumption(
        0.01,
        unit="1",
        mark="unverified",
        source="judgement: usual loss of a step to 10 or 35 kV",
        about="medium-voltage transformer of ground and pond arrays",
        ge=0,
        lt=1,
    )


class InverterSettings(Section):
    """PVWatts' part-load efficiency curve, clipped at the inverter's power (``pvlib.inverter.pvwatts``)."""

    efficiency: float = assumption(
        0.975,
        unit="1",
        mark="unverified",
        source="judgement: weighted efficiency of string inverters of today; [pvwatts5] has 0.96",
        about="nominal efficiency",
        low=0.96,
        high=0.985,
        gt=0,
        le=1,
    )
    dc_ac_ratio_roof: float = assumption(
        1.15,
        unit="1",
        mark="unverified",
        source="judgement: usual design of roof plants",
        about="DC capacity over AC capacity on roofs",
        low=1.0,
        high=1.3,
        gt=0,
    )
    dc_ac_ratio_ground: float = assumption(
        1.25,
        unit="1",
        mark="unverified",
        source="[lianyungang540] 540 MW DC on 450 MW AC is 1.20; here a little more",
        about="DC capacity over AC capacity on ground and ponds",
        low=1.0,
        high=1.4,
        gt=0,
    )
