"""The command line: one screen a command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer
from typer.exceptions import TyperException

from pvmap import __version__
from pvmap.cli import city, data, lists, runs, terminal
from pvmap.cli.interrupt import Stopped, stoppable
from pvmap.cli.words import complaint, translate, word
from pvmap.errors import PvmapError, Refusals

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
    pass


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def run() -> None:
    """Run the command line; what a user can put right becomes one sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # letters the terminal cannot show
    try:
        with stoppable():
            command = typer.main.get_command(app)
            translate(command)
            sys.exit(command(standalone_mode=False) or 0)
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
    except Stopped:
        terminal.complain(word("stopped; what is finished is kept: run again to resume."))
        sys.exit(130)
