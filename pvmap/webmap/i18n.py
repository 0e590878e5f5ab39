"""Every word of the map in two languages: the table of `texts.toml`, and the causes of uncertainty."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from pvmap.planning.risk.reason_words import REASONS


def _texts() -> dict[str, tuple[str, str]]:
    """Read the table: key -> Chinese, English."""
    groups = tomllib.loads(files("pvmap.webmap").joinpath("texts.toml").read_text(encoding="utf-8")).values()
    found = {key: (zh, en) for group in groups for key, (zh, en) in group.items()}
    assert len(found) == sum(map(len, groups)), "a key of texts.toml stands in two groups"
    return found | {f"cause.{cause}": (words[0], cause) for cause, words in REASONS.items()}


TEXTS = _texts()
