"""What light arrives, what electricity leaves.

``simulate`` and ``sky_over`` are the physics as functions over arrays; ``simulate_surface`` is the model of one
surface, hour by hour, in plain pvlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvmap.energy.arrays import Station, simulate, sky_over
    from pvmap.energy.chain import Surface, simulate_surface

__all__ = ["Station", "Surface", "simulate", "simulate_surface", "sky_over"]

_HOMES = {"Surface": "chain", "simulate_surface": "chain"}


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: pvlib and numba take seconds."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'arrays')}"), name)
