"""How an assumption is written down: its value with unit, mark, source and plausible range beside it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LEVELS_OF_ZONES = ("city", "district", "township", "grid")
Mark = Literal["sourced", "derived", "unverified", "choice"]


class Section(BaseModel):
    """One table of a city file: frozen, and closed to unknown keys, so that a typo cannot pass, and to inf and nan."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


def assumption(
    default: Any,
    *,
    unit: str,
    mark: Mark,
    source: str,
    about: str,
    low: float | None = None,
    high: float | None = None,
    **limits: Any,
) -> Any:
    """Declare a configurable value that enters the results.

    Parameters
    ----------
    default
        Value used where the city file says nothing.
    unit
        Unit as printed ("m", "CNY/kWh", "1" for a share).
    mark
        ``sourced``, ``derived`` (computed from sourced figures), ``unverified`` (professional judgement, or a source
        that was not read itself) or ``choice`` (a method or a setting of the program, not a claim about the world).
    source
        Where the value comes from, short.
    about
        What the value means, one sentence.
    low, high
        Plausible range, for reports and sensitivity; not enforced.
    **limits
        Passed on to pydantic (``ge``, ``le``, ``gt``, ``lt``): enforced.
    """
    extra: dict[str, Any] = {"unit": unit, "mark": mark, "source": source, "low": low, "high": high}
    if callable(default) and not isinstance(default, type):
        return Field(default_factory=default, description=about, json_schema_extra=extra, **limits)
    return Field(default, description=about, json_schema_extra=extra, **limits)
