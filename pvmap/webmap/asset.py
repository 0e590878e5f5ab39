"""Our own scripts and styles, as text."""

from __future__ import annotations

from importlib import resources


def asset(name: str) -> str:
    """Text of one of our own assets."""
    return resources.files("pvmap.webmap").joinpath("assets", name).read_text(encoding="utf-8")
