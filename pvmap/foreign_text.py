"""Text that came from outside, made harmless for the place where it is shown.

Names in data files, words of a city file, headers of weather files: such text is kept letter by letter in every table
and never becomes part of a template, a query or a path. What a terminal, a script element or a spreadsheet would obey
instead of show is settled here and nowhere else.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from functools import cache
from typing import Any

# Control characters, line separators, marks that turn the direction of writing, lone halves of surrogate pairs, tags,
# what is no character at all and no XML may hold.
# The joiners U+200C and U+200D stay: Persian, Indian scripts and emoji are spelled with them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
# What spreadsheets run: a sign first, also behind blanks or in full width; a tab or an end of line before anything.
_FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠]")
_UNSAFE_IN_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}


def visible(text: str) -> str:
    r"""Write what a terminal obeys or hides as an escape, so that it is read and not carried out.

    Examples
    --------
    >>> print(visible("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def visible_lines(text: str) -> str:
    """Make several lines visible; all but the first are indented, so that none passes for a message of its own."""
    first, *rest = (visible(line) for line in text.split("\n"))
    return "\n".join([first, *(line if line.startswith("  ") else f"  {line}" for line in rest)])


class _Visible(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible_lines(super().format(record))


@cache
def warn_visibly() -> None:
    """Let what libraries warn of in this process, in words of a file too, reach the terminal as `visible` has it."""
    format_warning = warnings.formatwarning

    def visible_warning(*about: Any, **more: Any) -> str:
        return visible_lines(format_warning(*about, **more).rstrip("\n")) + "\n"

    warnings.formatwarning = visible_warning
    if logging.lastResort is not None:  # who shows what is logged where nobody has said how
        logging.lastResort.setFormatter(_Visible())


def json_text(value: Any, **options: Any) -> str:
    """JSON in which Chinese is readable and what a terminal would obey is an escape."""
    text = json.dumps(value, ensure_ascii=False, **options)
    # a line's own end and indentation stand between values, where JSON allows no other control character
    return _UNSEEN.sub(lambda found: found.group() if found.group() == "\n" else json.dumps(found.group())[1:-1], text)


def script_json(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or begins another."""
    return json_text(value, separators=(",", ":"), allow_nan=False).translate(_UNSAFE_IN_SCRIPT)


def spreadsheet_text(text: str) -> str:
    """Text of a CSV cell that no spreadsheet takes for a formula: an apostrophe goes before a sign that starts one.

    Examples
    --------
    >>> spreadsheet_text("=1+1"), spreadsheet_text("1+1=2")
    ("'=1+1", '1+1=2')
    """
    return f"'{text}" if _FORMULA.match(text) else text
