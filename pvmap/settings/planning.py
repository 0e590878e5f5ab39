"""Assumptions of the planning stage."""

from __future__ import annotations

from pvmap.settings.base import Section


class PlanningSettings(Section):
    """To be written by its stage."""
