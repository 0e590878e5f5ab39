"""Every reason the run can name has its Chinese and English words on the map."""

from __future__ import annotations

from pvmap.sites.reasons import REASONS
from pvmap.stages.assess import SHADED
from pvmap.tables.vocabulary import REFUSALS
from pvmap.webmap.i18n import TEXTS


def test_every_reason_of_the_rules_has_both_words():
    for reason in (*REASONS, SHADED, "existing photovoltaic plant", "refused by the bureau"):
        chinese, english = TEXTS[f"reason.{reason}"]
        assert any("一" <= letter <= "鿿" for letter in chinese), reason
        assert english.lower() == reason.lower()


def test_every_refusal_has_both_words():
    for reason in REFUSALS:
        chinese, english = TEXTS[f"refused.{reason}"]
        assert any("一" <= letter <= "鿿" for letter in chinese), reason
        assert english.lower() == reason.lower()
