"""Assumptions of the energy stage: from light on a plane to alternating current, each factor once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Section, assumption


class GlassSettings(Section):
    """Reflection at the module's front: Fresnel with an anti-reflective coating (``pvlib.iam.physical``)."""

    refractive_index: float = assumption(
        1.526,
        unit="1",
        mark="sourced",
        source="[iam_physical] after [desoto2006]",
        about="refractive index of the glass",
        gt=1,
    )
    coating_index: float = assumption(
        1.3,
        unit="1",
        mark="unverified",
        source="[iam_physical] n_ar; 1.3: usual porous silica",
        about="refractive index of the anti-reflective coating; 1 means no coating",
        ge=1,
    )
    extinction_per_m: float = assumption(
        4.0,
        unit="1/m",
        mark="sourced",
        source="[iam_physical] after [desoto2006]",
        about="extinction coefficient of the glass",
        ge=0,
    )
    thickness_m: float = assumption(
        0.002,
        unit="m",
        mark="sourced",
        source="[iam_physical] after [desoto2006]",
        about="thickness of the glass",
        ge=0,
    )


class ThermalSettings(Section):
    """Cell temperature ``temp_air + irradiance x absorbed_share / (uc + uv x wind_speed)``."""

    model: Literal["pvsyst", "faiman"] = Field(
        default="pvsyst",
        description="pvsyst: uc and uv by mounting; faiman: one pair of coefficients for all mountings",
    )
    absorbed_share: float = assumption(
        0.70,
        unit="1",
        mark="unverified",
        source="[pvlib_thermal] absorption 0.9, less the 22 % that become electricity: 0.9 x (1 - 0.22)",
        about="share of the irradiance that becomes heat (pvsyst model)",
        gt=0,
        le=1,
    )
    flush_uc: float = assumption(
        20.0,
        unit="W/(m2 K)",
        mark="sourced",
        source="[pvlib_thermal] semi_integrated, after [pvsyst_help]",
        about="heat loss of modules flush with a roof",
        low=15.0,
        high=24.0,
        gt=0,
    )
    flush_uv: float = assumption(
        0.0,
        unit="W s/(m3 K)",
        mark="sourced",
        source="[pvlib_thermal] semi_integrated, after [pvsyst_help]",
        about="its share by wind, flush",
        ge=0,
    )
    open_uc: float = assumption(
        29.0,
        unit="W/(m2 K)",
        mark="sourced",
        source="[pvlib_thermal] freestanding, after [pvsyst_help]",
        about="heat loss of modules on racks and in the field",
        gt=0,
    )
    open_uv: float = assumption(
        0.0,
        unit="W s/(m3 K)",
        mark="sourced",
        source="[pvlib_thermal] freestanding, after [pvsyst_help]",
        about="its share by wind, racks",
        ge=0,
    )
    pond_uc: float = assumption(
        31.9,
        unit="W/(m2 K)",
        mark="sourced",
        source="[floating_gallery] open structure over water, monofacial, South Italy",
        about="heat loss of modules over ponds; holds the pond's cooling",
        low=29.0,
        high=35.2,
        gt=0,
    )
    pond_uv: float = assumption(
        1.5,
        unit="W s/(m3 K)",
        mark="sourced",
        source="[floating_gallery] open structure over water, monofacial, South Italy",
        about="its share by wind, ponds",
        ge=0,
    )
    faiman_u0: float = assumption(
        25.0,
        unit="W/(m2 K)",
        mark="sourced",
        source="[pvlib_thermal] after [faiman2008]",
        about="Faiman's constant heat loss",
        gt=0,
    )
    faiman_u1: float = assumption(
        6.84,
        unit="W s/(m3 K)",
        mark="sourced",
        source="[pvlib_thermal] after [faiman2008]",
        about="Faiman's heat loss by wind",
        ge=0,
    )


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


class BifacialSettings(Section):
    """The rear of ground and pond arrays: the back of ``pvlib.bifacial.infinite_sheds``."""

    mountings: tuple[Literal["rack", "ground", "pond"], ...] = Field(
        default=("ground", "pond"), description="mountings whose rear gathers light; empty: none"
    )
    bifaciality: float = assumption(
        0.80,
        unit="1",
        mark="unverified",
        source="[pvel2024] most data sheets state 80 +- 10 %; the measured mean is 75.4 %",
        about="efficiency of the rear over that of the front",
        low=0.75,
        high=0.85,
        ge=0,
        le=1,
    )
    rear_share: float = assumption(
        0.90,
        unit="1",
        mark="unverified",
        source="judgement: beams behind the modules, reflection at the rear glass and uneven light take a tenth",
        about="rear light left after structures, reflection and uneven light",
        ge=0,
        le=1,
    )


class EnergySettings(Section):
    """From light on a plane to alternating current."""

    transposition: Literal["haydavies", "perez"] = Field(
        default="haydavies", description="model of the sky's light on a tilted plane; perez compares with PVWatts"
    )
    electrical_shade: Literal["linear", "direct_martinez"] = Field(
        default="linear",
        description="what rows lose in the shade of rows; linear: light, a lower bound; direct_martinez: whole blocks",
    )
    row_blocks: int = assumption(
        2,
        unit="1",
        mark="choice",
        source="judgement: two modules upright, one above the other: a shadow along the row takes all "
        "strings of a module at once",
        about="blocks of cells up a row that fail one by one (direct_martinez)",
        ge=1,
    )
    gamma_pdc_per_k: float = assumption(
        -0.0029,
        unit="1/K",
        mark="unverified",
        source="[pvel2024] measured TOPCon modules -0.30 %/K; data sheets state -0.29",
        about="temperature coefficient of a TOPCon module's power",
        low=-0.0032,
        high=-0.0028,
        le=0,
    )
    first_year_factor: float = assumption(
        0.99,
        unit="1",
        mark="unverified",
        source="judgement: data sheets of TOPCon modules guarantee 1 % in the first year",
        about="energy of the first year over that of an array as new",
        gt=0,
        le=1,
    )
    degradation_per_year: float = assumption(
        0.004,
        unit="1/year",
        mark="unverified",
        source="judgement: data sheets of TOPCon modules guarantee 0.40 % a year",
        about="loss of power from the second year on, of the power as new",
        low=0.0035,
        high=0.0055,
        ge=0,
        lt=0.05,
    )
    life_years: int = assumption(
        25,
        unit="years",
        mark="unverified",
        source="judgement: roofs 20-25, ground 25-30 years in tenders of today",
        about="years an array runs",
        ge=1,
    )
    glass: GlassSettings = GlassSettings()
    thermal: ThermalSettings = ThermalSettings()
    losses: LossSettings = LossSettings()
    inverter: InverterSettings = InverterSettings()
    bifacial: BifacialSettings = BifacialSettings()

    @property
    def life_mean_factor(self) -> float:
        """Mean yearly energy over the array's life, over that of an array as new (0.942 for 25 years)."""
        return self.first_year_factor - self.degradation_per_year * (self.life_years - 1) / 2
