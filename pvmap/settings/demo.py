"""Assumptions of the demo stage."""

from __future__ import annotations

from pvmap.settings.base import Section


class DemoSettings(Section):
    """To be written by its stage."""
