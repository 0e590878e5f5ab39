"""Assumptions of the sites stage."""

from __future__ import annotations

from pvmap.settings.base import Section


class RooftopSettings(Section):
    """To be written by its stage."""


class MineSettings(Section):
    """To be written by its stage."""


class FishpondSettings(Section):
    """To be written by its stage."""
