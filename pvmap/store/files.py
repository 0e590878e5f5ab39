"""Files of a table: one, or in a province a folder of them, whose rows follow one another.

One file can only be written by one process. Of a folder everybody writes a file of his own, and programs that read
Parquet take the folder for the table.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq

from pvmap import disk

OF_ROWS = re.compile(r"part-\d{5}\.parquet")
ENDS = "_metadata"  # the ends of all files of a folder, for programs that look there which of them they need
_OURS = re.compile(rf"{OF_ROWS.pattern}|{ENDS}|\..+\.part")


def place(path: Path, number: int | None) -> Path:
    """Name a file of a table: itself, or the one of that number in its folder."""
    return path if number is None else path / f"part-{number:05d}.parquet"


def files_of(path: Path) -> list[Path]:
    """Give the files of a table, in the order of their rows; its own path where there is none."""
    if not path.is_dir():
        return [path]
    return sorted(one for one in path.iterdir() if OF_ROWS.fullmatch(one.name)) or [path]


def names_of(folder: Path, table: str) -> list[str]:
    """Name the files of a table by their places below the run folder; none where there is no table."""
    path = folder / table
    files = [*files_of(path), path / ENDS] if path.is_dir() else [path]
    return [one.relative_to(folder).as_posix() for one in files if one.is_file()]


def table_of(name: str) -> str:
    """Name of the table's own file or folder, given that of one of its files below the run folder."""
    folder, _, last = name.rpartition("/")
    return folder if OF_ROWS.fullmatch(last) or last == ENDS else name


def make_room(path: Path, *, folder: bool) -> None:
    """Clear the place of a table that is about to be written, as a folder or as a file; what is not ours is kept."""
    disk.remove_ours(path, _OURS)
    if folder or path.is_dir():
        disk.remove(path)


def tell_ends(path: Path) -> None:
    """Write what the ends of the files of a folder tell into one file beside them."""
    files, ends = files_of(path), []
    for file in files:
        end = pq.read_metadata(file)
        end.set_file_path(file.name)
        ends.append(end)
    schema = pq.read_schema(files[0])
    disk.write_atomically(path / ENDS, lambda part: pq.write_metadata(schema, part, metadata_collector=ends))
