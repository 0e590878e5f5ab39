"""What is typed into the search: a word that is still being spelled, and one letter alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.harness import watching
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_is_typed_is_answered_when_it_is_whole(map_file: Path, chromium: Browser):
    press = "new KeyboardEvent('keydown', { key: 'Enter', isComposing: composing })"
    enter = f"(composing) => document.getElementById('pvmap-query').dispatchEvent({press})"
    with watching(chromium, 1366, 768) as watched:
        page = watched.open(map_file)
        page.fill("#pvmap-query", "32.2, 119.45")
        for composing, popups in ((True, 0), (False, 1)):  # Enter ends a word of Chinese first
            page.evaluate(enter, composing)
            page.wait_for_timeout(300)
            assert page.locator(".pvmap-popup").count() == popups
        for typed, told in (("7", "至少"), ("长", "条结果"), (" ", "")):
            page.fill("#pvmap-query", typed)
            page.keyboard.press("Enter")
            page.wait_for_timeout(1000)
            status = page.inner_text("#pvmap-search [role=status]")
            assert told in status if told else not status
