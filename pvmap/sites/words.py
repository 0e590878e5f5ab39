"""Words of a file's columns become ours: by the shipped tables, by the city file's own, never silently by a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import VectorInput
from pvmap.settings.words import MISSING_WORDS

Words = Mapping[str, Iterable[str]]
SHOWN = 6  # words that a finding names
LONGEST = 40  # characters of a word that it shows
NEGATIONS = ("无", "非", "不", "未", "否", "没", "没有", "not ", "no ", "non ")
CODE = re.compile(r"(?<![0-9a-z])(\d{4}[a-z]?)(?![0-9a-z])")  # of a land survey, before or after its name


@dataclass(frozen=True)
class Read:
    """What became of a column of words.

    Attributes
    ----------
    meaning : (n,) object array
        Our word; empty where the file has none or nobody knows it.
    missing, unknown, by_part : (n,) bool arrays
        Rows without a word; with a word that nobody knows; with one of which only a part is known.
    given : (n,) object array
        The words as the file has them.
    """

    meaning: np.ndarray
    missing: np.ndarray
    unknown: np.ndarray
    by_part: np.ndarray
    given: np.ndarray

    def findings(self, source: VectorInput, ours: str, sites: pd.DataFrame, unknown: str) -> list[Finding]:
        """Tell unknown words (code `unknown`) and words of which a part was read.

        Parameters
        ----------
        source
            Input the words come from.
        ours
            Our name of the column.
        sites
            (n,) rows with ``site_id`` and ``source_row``.
        unknown
            Code of the finding on unknown words.
        """
        found = []
        for code, some in ((unknown, self.unknown), ("words-read-by-part", self.by_part)):
            rows = np.flatnonzero(some)
            if len(rows):
                few = sites.iloc[rows[:EXAMPLES]]
                found.append(
                    finding(
                        code,
                        layer=source.path,
                        column=source.columns.get(ours, ours),
                        count=len(rows),
                        total=len(some),
                        rows=few["source_row"],
                        sites=few["site_id"],
                        words=_words(self.given[rows], self.meaning[rows]),
                    )
                )
        return found


def read_words(
    given: pd.Series, tables: Words, own: Words | None = None, *, parts: bool, missing: Iterable[str] = ()
) -> Read:
    """Look up every word once.

    Parameters
    ----------
    given : (n,) Series
        Text of the column.
    tables
        Meaning -> its words; the meaning itself is a word too.
    own
        The city file's own, which overrule them.
    parts
        Whether a word that holds a known one counts as that: of several the one that ends last, then the longest
        (in both languages the last word of a compound says what it is). Words with a negation are left unknown.
    missing
        Words that say nothing.
    """
    known = {plain(word): meaning for meaning, words in tables.items() for word in (meaning, *words)}
    known |= {plain(word): meaning for meaning, words in (own or {}).items() for word in words}
    nothing = {plain(word) for word in (*missing, *MISSING_WORDS)} - set(known)
    code, words = pd.factorize(given.astype("str").fillna(""))
    looked_up = [_look_up(plain(str(word)), known, nothing, parts) for word in words]
    meaning = np.array([one for one, _ in looked_up] or [""], object)[code]
    how = np.array([one for _, one in looked_up] or [""], object)[code]
    return Read(meaning, how == "missing", how == "unknown", how == "part", np.array([*words, ""], object)[code])


def plain(word: str) -> str:
    """Bring spellings of one word together: full width, case, blanks, underscores, hyphens, decimals of a whole number.

    Examples
    --------
    >>> plain(" Semi-Detached_House "), plain("１.0"), plain("-1"), plain("水库 水面")
    ('semi detached house', '1', '-1', '水库水面')
    """
    text = unicodedata.normalize("NFKC", word).strip().casefold()
    if text in MISSING_WORDS:
        return text
    sign = "-" if re.match(r"-\d", text) else ""  # -1 is not 1
    text = sign + " ".join(re.split(r"[\s_\-]+", text)).strip()
    text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    return re.sub(r"^(\d+)\.0+$", r"\1", text)


def _look_up(word: str, known: Mapping[str, str], nothing: set[str], parts: bool) -> tuple[str, str]:
    """Give a word's meaning and how it was found."""
    if word in known:
        return known[word], ""
    if word in nothing:
        return "", "missing"
    codes = [known[code] for code in CODE.findall(word) if code in known]
    if codes:
        return codes[0], ""
    if parts and not any(no in word for no in NEGATIONS):
        inside = [(word.rfind(one) + len(one), len(one), one) for one in known if _held(one, word)]
        if inside:
            return known[max(inside)[2]], "part"
    return "", "unknown"


def _held(part: str, word: str) -> bool:
    """Whether a word holds another: Chinese ones of two characters and more anywhere, others as whole words."""
    if part.isascii():
        return len(part) > 2 and not part.isdigit() and f" {part} " in f" {word} "
    return len(part) > 1 and part in word


def _words(given: np.ndarray, meaning: np.ndarray) -> str:
    """Name the most frequent words, each with what it was taken for."""
    several = pd.DataFrame({"word": given, "meaning": meaning}).value_counts()
    named = [f"{word[:LONGEST]}" + (f" = {taken}" if taken else "") for word, taken in several.index[:SHOWN]]
    return ", ".join(named) + (" ..." if len(several) > SHOWN else "")
