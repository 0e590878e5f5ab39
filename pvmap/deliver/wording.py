"""How a city's readers know the columns: in the city's own money and, outside China, land in hectares."""

from __future__ import annotations

from dataclasses import dataclass

from pvmap.currency import CNY, in_money
from pvmap.deliver.label import Label
from pvmap.deliver.labels import LABELS

HECTARES_PER_MU = 1.0 / 15.0
ELSEWHERE: dict[str, Label] = {  # nobody but China counts in mu
    "footprint_total_m2": Label("占地面积（公顷）", "footprint (ha)", 1e-4, "#,##0.0"),
    "mu_per_mw": Label("地面用地（公顷/兆瓦峰，直流侧）", "land of mines and ponds (ha/MWp DC)", HECTARES_PER_MU),
    "area_mu": Label("场址总面积（公顷）", "whole area of sites (ha)", HECTARES_PER_MU, "#,##0.0"),
    "excluded_m2": Label("排除面积（公顷）", "excluded (ha)", 1e-4),
}


@dataclass(frozen=True)
class Wording:
    """Money of a city, and whether it lies in China."""

    currency: str = CNY
    home: bool = True

    def label(self, column: str) -> Label | None:
        """Say what a column is called and shown in; None where it has no label."""
        label = None if self.home else ELSEWHERE.get(column)
        label = label or LABELS.get(column)
        return None if label is None else self.in_own(label)

    def in_own(self, label: Label) -> Label:
        """Put a label of ours into the city's money."""
        return label._replace(zh=self.words(label.zh), en=self.words(label.en))

    def words(self, text: str) -> str:
        """Put words of ours into the city's money."""
        return in_money(text, self.currency)


IN_CHINA = Wording()
