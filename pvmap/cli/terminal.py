"""What the commands print: lines, progress, tables, findings."""

from __future__ import annotations

import os
import sys

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from pvmap.cli.words import in_words, speaks_chinese, word
from pvmap.findings import Finding, by_code, line
from pvmap.foreign_text import visible, visible_lines

screen = Console()
complaints = Console(stderr=True, soft_wrap=True)
MARKS = {"refused": ("Refused: ", "red"), "doubtful": ("Warning: ", "yellow"), "note": ("", "")}


def say(told: str) -> None:
    """Print one line as it is: text of a file is neither markup nor a command to the terminal."""
    screen.print(Text(visible(told)), soft_wrap=True)


def tell(told: str) -> None:
    """Print a sentence that was made elsewhere, in the reader's language."""
    say(in_words(told))


def show(grid: RenderableType) -> None:
    """Print a table, or what else rich can draw."""
    screen.print(grid)


def complain(sentence: str) -> None:
    """Print what ended a command, in red, where errors go; where they cannot go, the exit code must say it."""
    try:
        complaints.print(Text.assemble(("pvmap:", "red"), " ", visible_lines(sentence)))
        sys.stderr.flush()
    except OSError:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 # else Python tries again, and exits by 120


def progress() -> Progress:
    """Open a place for bars."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=screen)


class Bars:
    """Shows a step's progress as a bar; the pipeline only says how far it is."""

    def __init__(self, bars: Progress):
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the step's bar to where it stands."""
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(word(step), total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)


def show_findings(findings: list[Finding]) -> None:
    """Print a line a code, worst first."""
    for group in by_code(findings):
        mark, colour = MARKS[group[0].severity]
        told = visible(line(group, "zh" if speaks_chinese() else "en"))
        screen.print(Text.assemble((word(mark), colour), told), soft_wrap=True)
