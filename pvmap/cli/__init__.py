"""The command line: one screen a command."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from typer.exceptions import TyperException

from pvmap import __version__
from pvmap.cli import city, data, lists, runs, terminal
from pvmap.cli.interrupt import Stopped, stoppable
from pvmap.cli.words import complaint, translate, word
from pvmap.disk import TROUBLE
from pvmap.errors import ConfigError, PvmapError, Refusals
from pvmap.foreign_text import warn_visibly

NO_MEMORY = (
    "There is no memory left for this; see whether an input file is much larger than it should be, end other programs "
    "or ask for fewer workers with --workers."
)
NO_MORE = (
    "The system gives pvmap no more open files, threads or processes ({reason}); raise its limits (ulimit, a "
    "container's), end other programs or ask for fewer workers with --workers."
)
AT_A_LIMIT = (errno.EMFILE, errno.ENFILE, errno.EAGAIN)
NO_THREAD = "can't start new thread"  # Python's words for it
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
COMMANDS: dict[str, Callable[..., None]] = {
    "new": city.new,
    "fetch": data.fetch,
    "map": city.make_map,
    "plan": city.plan,
    "diff": runs.diff,
    "upload": runs.upload,
    "check": city.check,
    "status": city.status,
    "explain": city.explain,
    "schema": lists.schema,
    "findings": lists.findings,
    "references": lists.references,
    "template": lists.template,
}


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    try:
        os.fsencode("城")  # as file names of the demo and of many a city's inputs
    except UnicodeEncodeError:
        raise ConfigError(
            f"File names have no Chinese letters in this session ({sys.getfilesystemencoding()}); "
            "set LC_ALL=C.UTF-8 or PYTHONUTF8=1 and run again."
        ) from None


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def _open_streams() -> None:
    """Open streams that were closed, lest a file gets the number of one and what is printed; show all letters."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # letters the terminal cannot show


def run() -> None:
    """Run the command line; what a user can put right becomes one sentence and an exit code."""
    _open_streams()
    warn_visibly()
    try:
        with stoppable():
            command = typer.main.get_command(app)
            translate(command)
            code = command(standalone_mode=False) or 0
            sys.stdout.flush()
            sys.exit(code)
    except TyperException as error:  # a command or option that there is not
        if told := error.format_message().replace("Value error, ", ""):
            told = told if told.endswith((".", "?")) else f"{told}."
            context = getattr(error, "ctx", None)
            name = context.command_path if context is not None else "pvmap"
            terminal.complain(complaint(f"{told} See `{name} --help`."))
        sys.exit(error.exit_code)
    except PvmapError as error:
        for sentence in error.sentences if isinstance(error, Refusals) else (str(error),):
            terminal.complain(complaint(sentence))
        sys.exit(error.exit_code)
    except MemoryError:
        terminal.complain(complaint(NO_MEMORY))
        sys.exit(2)
    except RuntimeError as error:
        if str(error) != NO_THREAD:
            raise
        terminal.complain(complaint(NO_MORE.format(reason=NO_THREAD)))
        sys.exit(2)
    except OSError as error:
        if error.errno in AT_A_LIMIT:
            terminal.complain(complaint(NO_MORE.format(reason=error.strerror)))
            sys.exit(2)
        if error.errno == errno.ENOMEM:
            terminal.complain(complaint(NO_MEMORY))
            sys.exit(2)
        if error.errno not in TROUBLE:
            raise
        if error.filename is not None:
            told = f"{error.filename} cannot be opened: {error.strerror}; "
            terminal.complain(complaint(f"{told}see to its permissions and to the disk that it lies on."))
            sys.exit(2)
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 # else Python tries again, and tells it
        terminal.complain(complaint(f"What is told here cannot be written: {error.strerror}."))
        sys.exit(2)
    except Stopped:
        terminal.complain(word("stopped; what is finished is kept: run again to resume."))
        sys.exit(130)
