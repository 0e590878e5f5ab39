"""How an assumption is written down: its value with unit, mark, source and plausible range beside it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

LEVELS_OF_ZONES = ("city", "district", "township", "grid")
Mark = Literal["sourced", "derived", "unverified", "choice"]
# Numbers that dictionaries and tuples hold: limits of a field bound the field alone, not what stands in it.
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Fall = Annotated[float, Field(gt=-1, lt=1)]


class Section(BaseModel):
    """One table of a city file: frozen, and closed to unknown keys, so that a typo cannot pass, and to inf and nan."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true where a number stands, which pydantic takes for 1."""
        wanted = re.findall(r"\b(?:bool|float|int)\b", str(cls.model_fields[str(info.field_name)].annotation))
        if wanted and "bool" not in wanted and _holds_truth(value):
            raise ValueError("Input should be a valid number")
        return value


def _holds_truth(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return isinstance(value, bool) or any(map(_holds_truth, inside))


class Merged(Section):
    """A section whose dictionaries may be given in part: what the city file leaves out keeps its default."""

    @model_validator(mode="before")
    @classmethod
    def _merge(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        merged = dict(data)
        for key, value in data.items():
            field = cls.model_fields.get(key)
            default = None if field is None else field.get_default(call_default_factory=True)
            if isinstance(default, dict) and isinstance(value, dict):
                if unknown := set(value) - set(default):
                    raise ValueError(f"{key}: unknown {sorted(unknown)[0]!r}; allowed: {', '.join(default)}")
                merged[key] = default | value
        return merged


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
