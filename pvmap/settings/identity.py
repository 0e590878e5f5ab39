"""Who a city is and where: names, credits, whose rules hold, its money and its clock."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pvmap.currency import CNY
from pvmap.settings.base import Section
from pvmap.settings.countries import HOME
from pvmap.settings.paths import LONGEST_NAME, FolderName


class City(Section):
    """Who and where."""

    name: FolderName = Field(
        pattern=r"^[a-z0-9_-]+$",
        max_length=LONGEST_NAME,
        description="short name: folder names under data/ and maps/",
    )
    title_zh: str = Field(description="title of the map, Chinese")
    title_en: str = Field(description="title of the map, English")
    data_date: str = Field("", description="date of the data, as the banner prints it")
    attribution: str = Field("", description="whose data this is, as the banner prints it")
    attribution_en: str = Field("", description="the same on English pages; where empty, attribution stands there too")
    synthetic: bool = Field(
        False, description="the data are made up and must be labelled so wherever a person sees them"
    )
    use: Literal["internal", "public"] = Field(
        "internal", description="internal: every page is stamped 内部使用; public: needs review_number, see docs"
    )
    review_number: str = Field("", description="审图号, the number under which the map was approved")
    issuer: str = Field("", description="who issues the report, as its cover prints it")
    version: str = Field("", description="version of the report, as its cover prints it")
    crs: str = Field("", description="metric CRS, for example EPSG:4549; empty: chosen from the data")
    country: Literal["CN", "generic"] = Field(
        "CN", description="whose rules hold where the city file states none: China's, or plain ones"
    )
    currency: str = Field(
        "CNY",
        pattern=r"^[A-Z]{3}$",
        description="money of all amounts, by its ISO 4217 code: CNY in China, else what the amounts below are in",
    )
    utc_offset_hours: float = Field(8.0, ge=-12, le=14, description="local standard time: months and hours are local")

    @model_validator(mode="after")
    def _approved(self) -> City:
        if self.country == HOME and self.use == "public" and not self.review_number.strip():
            raise ValueError(
                'use = "public" needs review_number, the number under which the map was approved (审图号); '
                'without one use = "internal"'
            )
        return self

    @model_validator(mode="after")
    def _counts_in_its_money(self) -> City:
        if self.country == HOME and self.currency != CNY:
            raise ValueError(
                f'currency = "{self.currency}" does not go with the prices and taxes of country = "CN", which are in '
                'CNY; leave it out, or write country = "generic"'
            )
        return self
