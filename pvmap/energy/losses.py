"""What each mounting loses between the cells and the grid: one place, so that no factor enters twice."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from pvmap.settings.energy import EnergySettings
from pvmap.tables.vocabulary import FIELD_MOUNTINGS, MOUNTINGS

ROW_MOUNTINGS = ("rack", "ground", "pond")  # these stand in rows that shade each other; flush modules do not
INVERTER_REFERENCE_EFFICIENCY = 0.9637  # of the inverter behind PVWatts' curve: doi 10.2172/1158421


@dataclass(frozen=True)
class MountingParameters:
    """Constants of one mounting.

    Attributes
    ----------
    uc, uv
        Heat loss and its share by wind. [W/(m2 K)], [W s/(m3 K)]
    absorbed_share
        Share of the irradiance that becomes heat.
    dc_losses, ac_losses
        Name and share of each loss before and after the inverter, in the order they act.
    ac_limit
        Power of the inverter over DC capacity. [kW/kWp]
    in_rows, bifacial
        Whether rows shade each other and whether the rear gathers light.
    """

    uc: float
    uv: float
    absorbed_share: float
    dc_losses: dict[str, float]
    ac_losses: dict[str, float]
    ac_limit: float
    in_rows: bool
    bifacial: bool

    @property
    def ac_factor(self) -> float:
        """Share of the inverter's output that reaches the grid."""
        return prod(1 - share for share in self.ac_losses.values())

    def dc_factor(self, soiling: float | None = None) -> float:
        """Share of the cells' power that reaches the inverter, with the surface's own soiling where it has one."""
        losses = self.dc_losses if soiling is None else {**self.dc_losses, "soiling": soiling}
        return prod(1 - share for share in losses.values())


def mounting_parameters(mounting: str, settings: EnergySettings) -> MountingParameters:
    """Gather the constants of a mounting from the settings.

    Raises
    ------
    KeyError
        If `mounting` is none of ``vocabulary.MOUNTINGS``, which the table contract rules out.
    """
    if mounting not in MOUNTINGS:
        raise KeyError(mounting)
    thermal, losses = settings.thermal, settings.losses
    by_mounting = {
        "flush": (thermal.flush_uc, thermal.flush_uv),
        "rack": (thermal.open_uc, thermal.open_uv),
        "ground": (thermal.open_uc, thermal.open_uv),
        "pond": (thermal.pond_uc, thermal.pond_uv),
    }
    uc, uv = by_mounting[mounting]
    absorbed_share = thermal.absorbed_share
    if thermal.model == "faiman":
        uc, uv, absorbed_share = thermal.faiman_u0, thermal.faiman_u1, 1.0
    in_field = mounting in FIELD_MOUNTINGS
    dc_names = ("soiling", "snow", "mismatch", "dc_wiring", "connections", "low_light")
    ac_names = ("ac_wiring", "availability", *(("transformer",) if in_field else ()))
    dc_ac_ratio = settings.inverter.dc_ac_ratio_ground if in_field else settings.inverter.dc_ac_ratio_roof
    return MountingParameters(
        uc=uc,
        uv=uv,
        absorbed_share=absorbed_share,
        dc_losses={name: getattr(losses, name) for name in dc_names},
        ac_losses={name: getattr(losses, name) for name in ac_names},
        ac_limit=1 / dc_ac_ratio,
        in_rows=mounting in ROW_MOUNTINGS,
        bifacial=mounting in settings.bifacial.mountings,
    )
