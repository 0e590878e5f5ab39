"""What stands at the head of every sheet and page of what people take away."""

from __future__ import annotations

from dataclasses import dataclass

from pvmap.deliver.wording import IN_CHINA, Wording
from pvmap.settings.countries import HOME
from pvmap.settings.identity import City

SYNTHETIC_ZH, SYNTHETIC_EN = "合成演示数据，非真实数据", "synthetic demo data, not real"
INTERNAL_ZH, INTERNAL_EN = "内部使用", "for internal use"


@dataclass(frozen=True)
class Marks:
    """Titles; what a reader must know; whose data of when.

    Attributes
    ----------
    loud_zh, loud_en
        That the data are made up, that the copy is for internal use.
    quiet
        Owner and date of the data, approval number of the map.
    wording
        Money and units in which columns are told.
    """

    title_zh: str
    title_en: str
    loud_zh: tuple[str, ...] = ()
    loud_en: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    wording: Wording = IN_CHINA

    @property
    def note(self) -> str:
        """The loud marks in both languages, empty where there are none."""
        return "；".join((*self.loud_zh, *self.loud_en))

    @property
    def english(self) -> str:
        """The loud marks behind the English title."""
        return "; ".join((self.title_en, *self.loud_en))


def marks_of(city: City) -> Marks:
    """Say what the city file says of itself."""
    loud = [(SYNTHETIC_ZH, SYNTHETIC_EN)] if city.synthetic else []
    loud += [(INTERNAL_ZH, INTERNAL_EN)] if city.use == "internal" else []
    approval = f"审图号：{city.review_number}" if city.review_number else ""
    quiet = tuple(filter(None, (approval, city.attribution, city.data_date)))
    wording = Wording(city.currency, city.country == HOME)
    return Marks(city.title_zh, city.title_en, tuple(z for z, _ in loud), tuple(e for _, e in loud), quiet, wording)
