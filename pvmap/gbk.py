"""Chinese text that names no encoding: what shows that bytes are GBK, which GB18030 holds."""

from __future__ import annotations

import re
from collections.abc import Iterable

# All but what has two bytes in UTF-8 and hardly any writer: accents, Greek, Cyrillic, Arabic and signs have many
WRITTEN = re.compile("[\u0000-\u017f\u02c6-\u02dd\u0370-\u045f\u0600-\u06ff\u0800-\U0010ffff]*")
HANZI = re.compile(rb"(?:[\x00-\x7f]|[\xb0-\xf7][\xa1-\xfe])*")  # and nothing else, in GB2312
PAIRED_SHARE = 0.9  # of runs of high bytes that are even in length: Chinese text in GBK, hardly anything else


def is_paired(text: bytes) -> bool:
    """Whether runs of letters above ASCII are even in bytes, as in GB18030; not where there is none."""
    runs = re.findall(rb"(?:(?:[\x81-\xfe][0-9]){2}|[\x80-\xff])+", text)
    return sum(len(run) % 2 == 0 for run in runs) > PAIRED_SHARE * len(runs)


def has_words(text: bytes) -> bool:
    """Whether four bytes and more above ASCII follow each other: words of Chinese do, letters with accents hardly.

    Examples
    --------
    >>> has_words("京口".encode("gbk")), has_words("Größe".encode("latin-1"))
    (True, False)
    """
    return re.search(rb"[\x81-\xfe]{4}", text) is not None


def utf8_by_chance(lines: Iterable[bytes]) -> bool:
    """Whether text that decodes as UTF-8 is a few Chinese words in GBK: its letters would be such as nobody writes.

    Examples
    --------
    >>> utf8_by_chance(["学校".encode("gbk")]), utf8_by_chance(["Höfe 学校 ²".encode()])
    (True, False)
    """
    found = False
    for line in lines:
        if not line.isascii():
            if HANZI.fullmatch(line) is None:
                return False
            found = found or WRITTEN.fullmatch(line.decode("utf-8", "ignore")) is None
    return found
