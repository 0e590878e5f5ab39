"""What the makers of a map hand each other through files: arrays that are mapped, not read, and encoded blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pvmap import disk

Block = tuple[str, str, str]  # layer, key, payload: `printable`, so that neither a tab nor an end of line is in it
Each = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]  # `map`, or what lets workers do the same
Arrays = TypeVar("Arrays")


def perform(scratch: Path, part: Callable[[], Any]) -> Any:
    """Do one of several parts of a map, each a `functools.partial`: what a worker is asked to do, and asked again.

    Raises
    ------
    DiskError
        What it hands on cannot be written to `scratch`.
    """
    with disk.errors(scratch, disk.TROUBLE):
        return part()


def keep(folder: Path, arrays: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write the arrays of a dataclass as they come, each in a file of its name."""
    folder.mkdir(parents=True, exist_ok=True)  # by whom it was tried before
    for name, values in arrays:
        np.save(folder / f"{name}.npy", values)


def kept(kind: type[Arrays], folder: Path) -> Arrays:
    """Map a dataclass of arrays that `keep` wrote: pages that nobody looks at take no memory."""
    return kind(**{one.name: np.load(folder / f"{one.name}.npy", mmap_mode="r") for one in fields(kind)})  # type: ignore[arg-type]


def write_blocks(path: Path, blocks: Iterable[Block]) -> Path:
    """Write blocks as they come, one a line."""
    with path.open("w", encoding="ascii", newline="\n") as out:
        for block in blocks:
            out.write("\t".join(block) + "\n")
    return path


def read_blocks(paths: Iterable[Path]) -> Iterator[Block]:
    """Give the blocks of several files, one at a time."""
    for path in paths:
        with path.open(encoding="ascii") as lines:
            for line in lines:
                layer, key, payload = line.rstrip("\n").split("\t")
                yield layer, key, payload
