"""A terminal that speaks Chinese."""

from __future__ import annotations

import pytest

from pvmap.cli import words


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "speaks_chinese", lambda: True)
