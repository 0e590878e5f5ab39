"""What is doubtful about the amounts of money that a city file leaves as they are."""

from __future__ import annotations

from pvmap.config import assumptions
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import Settings
from pvmap.settings.countries import pack


def doubt_amounts(settings: Settings) -> list[Finding]:
    """Tell amounts that a pack gives in its own money, where the city counts in another.

    Returns
    -------
    list of Finding
        At most one, with the first keys.
    """
    found, money = pack(settings.city.country), settings.city.currency
    if found is None or money == found.currency:
        return []
    amounts = [one for one in assumptions(settings) if one.unit.startswith(money)]
    kept = [one.key for one in amounts if one.value == one.default]
    if not kept:
        return []
    told = {"money": money, "meant": found.currency, "keys": ", ".join(kept[:EXAMPLES])}
    return [finding("amounts-in-another-money", layer="planning", count=len(kept), total=len(amounts), **told)]
