"""What of an earlier run lies beside a run: files for planners and a map that were made of other tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pvmap.errors import InputError
from pvmap.sentence import Sentence
from pvmap.stages.record import MAP, PAGE, few, identity
from pvmap.store import whole
from pvmap.written import Tell, Written


def require_of_run(record: dict[str, Any], processed: Path, maps: Path) -> None:
    """Make sure that what was made of the tables of a run was made of these: planner files and map.

    Parameters
    ----------
    record
        What run.json tells.
    processed, maps
        Run folder, folder of the map.

    Raises
    ------
    InputError
        One was not, or that cannot be told.
    """
    name, (files, page) = record["city"]["name"], _of_others(record, processed, maps)
    if files:
        raise InputError(
            f"{processed}: {few(files)} are not of the run that run.json describes; run `pvmap plan {name}` again."
        )
    if page:
        raise InputError(
            f"{maps / PAGE} is not the page of the run that run.json describes; run `pvmap map {name}` again."
        )


def tell_of_others(record: dict[str, Any], processed: Path, maps: Path, tell: Tell) -> None:
    """Tell what lies there still of an earlier run: whoever opens it beside the new one would mix them."""
    name, (files, page) = record["city"]["name"], _of_others(record, processed, maps)
    if files:
        told = "{folder}: {files} are of an earlier run; `pvmap plan {city}` makes them anew."
        tell(Sentence(told, folder=str(processed), files=few(files), city=name))
    if page:
        told = "{page} shows an earlier run; `pvmap map {city}` draws it anew."
        tell(Sentence(told, page=str(maps / PAGE), city=name))


def _of_others(record: dict[str, Any], processed: Path, maps: Path) -> tuple[list[str], bool]:
    """Name planner files that were not made of the tables of a run, and say whether the page was not."""
    planned = Written(processed)
    files = sorted(one for one in planned.hashes if (processed / one).exists())
    drawn_last = record.get(MAP)  # older versions did not say
    there = drawn_last is not None and (maps / PAGE).exists()
    page = there and (not drawn_last or bool(whole.damaged(maps, drawn_last)))
    return files if planned.stamp != identity(record) else [], page
