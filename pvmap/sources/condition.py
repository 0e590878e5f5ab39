"""The condition by which a city file keeps rows (`where`): plain comparisons of columns, never a query of its own.

The condition ends up in SQL, OGR's or SQLite's. What is more than columns, values, comparisons and their combination
is refused before either sees it: sub-queries, functions, comments, several statements.
"""

from __future__ import annotations

import re
from typing import NoReturn

from pvmap.errors import ConfigError

WORDS = frozenset({"and", "or", "not", "in", "like", "ilike", "between", "is", "null", "escape", "true", "false"})
QUERIES = """select from where union intersect except join with values insert update delete replace create drop alter
attach detach pragma vacuum having limit offset case when then else end exists cast collate glob match regexp"""
FORBIDDEN = frozenset(QUERIES.split())
LONGEST = 4000  # characters; a parser's stack is finite
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
  | (?P<column>"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])
  | (?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
  | (?P<word>[^\W\d]\w*)
  | (?P<sign><=|>=|<>|!=|==|=|<|>|\(|\)|,)
)""",
    re.VERBOSE,
)


def require_plain(where: str, place: str) -> str:
    """Return `where` if it is a plain condition on columns.

    Parameters
    ----------
    where
        The condition; empty: every row.
    place
        File it is about, for the sentence.

    Raises
    ------
    ConfigError
        It is more than that, or nothing that can be read; the part that is too much is named.

    Examples
    --------
    >>> require_plain("fclass = 'quarry' AND area > 10", "land.gpkg")
    "fclass = 'quarry' AND area > 10"
    >>> require_plain("n = (SELECT 1)", "land.gpkg")
    Traceback (most recent call last):
    pvmap.errors.ConfigError: land.gpkg: where = 'n = (SELECT 1)' may hold no 'SELECT'; compare columns with values.
    """
    at, depth, before = 0, 0, ""
    while where[at:].strip():
        found = _TOKEN.match(where, at)
        if found is None or len(where) > LONGEST:
            _refuse(where, place, where[at:].strip()[:20])
        kind, token = str(found.lastgroup), found.group(str(found.lastgroup))
        if kind == "word" and token.casefold() in FORBIDDEN:
            _refuse(where, place, token)
        if token == "(" and before not in ("", "sign", "in", *WORDS - {"null", "true", "false"}):
            _refuse(where, place, where[: found.end()].split()[-1])  # a name with a bracket is a function
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0:
            _refuse(where, place, ")")
        before = token.casefold() if token.casefold() in WORDS else "close" if token == ")" else kind
        at = found.end()
    if depth:
        _refuse(where, place, "(")
    return where


def _refuse(where: str, place: str, part: str) -> NoReturn:
    shown = where if len(where) <= 60 else f"{where[:57]}..."
    raise ConfigError(f"{place}: where = {shown!r} may hold no {part!r}; compare columns with values.")
