"""Assumptions of the energy stage."""

from __future__ import annotations

from pvmap.settings.base import Section


class EnergySettings(Section):
    """To be written by its stage."""
