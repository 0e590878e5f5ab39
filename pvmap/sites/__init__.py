"""Where modules may go: one file a kind of site, and the list of kinds."""

from pvmap.sites.base import SiteType
from pvmap.sites.fishpond import FISHPOND
from pvmap.sites.mine import MINE
from pvmap.sites.rooftop import ROOFTOP

__all__ = ["SITE_TYPES", "SiteType"]

SITE_TYPES: dict[str, SiteType] = {kind.name: kind for kind in (ROOFTOP, MINE, FISHPOND)}
