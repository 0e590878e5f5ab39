"""Assumptions of the energy stage: from light on a plane to alternating current, each factor once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Section, assumption
from pvmap.settings.losses import InverterSettings, LossSettings


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
