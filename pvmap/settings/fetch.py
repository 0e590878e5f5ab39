"""What `pvmap fetch` brings, from whom, and for where; no number of a run depends on it."""

from __future__ import annotations

from pydantic import Field, field_validator

from pvmap.settings.base import Section


class FetchSettings(Section):
    """Window, layers, providers in their order, mirrors."""

    window: tuple[float, float, float, float] | None = Field(
        None, description="west, south, east, north of what is fetched [degrees]"
    )
    layers: tuple[str, ...] = Field((), description="layers to fetch; empty: those of the country")
    sources: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="layer = providers in the order they are asked, until one gives it"
    )
    mirrors: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="provider = { name of its address = https address to ask instead }"
    )
    release: str = Field("", description="edition of Overture to take; empty: the newest")
    years: tuple[int, int] = Field((2014, 2023), description="first and last year of hourly weather years")
    contact: str = Field("", description="e-mail or page that a provider can write to, sent with every request")
    non_commercial: bool = Field(False, description="the use is not commercial: data so licensed may be fetched")

    @field_validator("window")
    @classmethod
    def _is_a_box(cls, box: tuple[float, float, float, float] | None) -> tuple[float, float, float, float] | None:
        if box is None:
            return None
        west, south, east, north = box
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("write west, south, east, north in degrees; no box crosses the date line")
        if east - west > 5 or north - south > 5:
            raise ValueError("a window is at most 5 degrees wide and high; a province is run city by city")
        return box

    @field_validator("years")
    @classmethod
    def _in_order(cls, years: tuple[int, int]) -> tuple[int, int]:
        if not 1940 <= years[0] <= years[1] <= 2100 or years[1] - years[0] > 40:
            raise ValueError("write the first and the last year, at most 40 years apart")
        return years

    @field_validator("contact")
    @classmethod
    def _is_one_line(cls, contact: str) -> str:
        if not contact.isascii() or not contact.isprintable() or any(sign in contact for sign in "()"):
            raise ValueError("an e-mail or the address of a page, in plain letters")
        return contact
