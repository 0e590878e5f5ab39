"""Assumptions of the webmap stage."""

from __future__ import annotations

from pvmap.settings.base import Section


class MapSettings(Section):
    """To be written by its stage."""
