"""Assumptions of the shade stage."""

from __future__ import annotations

from pvmap.settings.base import Section


class ShadeSettings(Section):
    """To be written by its stage."""
