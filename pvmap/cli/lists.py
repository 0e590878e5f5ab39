"""Commands that print what the program knows: columns, findings, references, the keys of a city file."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from pvmap.cli.terminal import say, show
from pvmap.cli.words import column as named
from pvmap.cli.words import speaks_chinese, word
from pvmap.errors import ConfigError

ENGLISH_ONLY = ("cause", "threshold", "source")  # of a kind of finding: written for its page


def schema(
    table: Annotated[str, typer.Argument(help="Table name; empty lists all.")] = "",
    markdown: Annotated[bool, typer.Option(help="Print Markdown, as docs/tables.md holds it.")] = False,
) -> None:
    """Print the tables' columns with units."""
    from pvmap.tables import TABLES
    from pvmap.tables.contract import as_markdown

    if table and table not in TABLES:
        raise ConfigError(f"No table named {table!r}; there are {', '.join(TABLES)}.")
    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    for name in [table] if table else TABLES:
        grid = Table(title=f"{name}: {TABLES[name].about}", title_justify="left")
        for heading in ("column", "unit", "meaning"):
            grid.add_column(word(heading), overflow="fold")
        for column, spec in TABLES[name].described().items():
            title = named(column) if speaks_chinese() else column
            grid.add_row(column, spec.unit, f"{title}: {spec.about}" if title != column else spec.about)
        show(grid)


def findings(
    code: Annotated[str, typer.Argument(help="A finding's code; empty lists all.")] = "",
    markdown: Annotated[bool, typer.Option(help="Print Markdown, as docs/findings.md holds it.")] = False,
) -> None:
    """Print what can be doubtful about inputs: code, cause, threshold, remedy."""
    from pvmap.findings import CATALOGUE
    from pvmap.findings.page import as_markdown, plain

    if code and code not in CATALOGUE:
        raise ConfigError(f"No finding has the code {code!r}; `pvmap findings` lists them.")
    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    if code:
        lines = vars(CATALOGUE[code])
        if speaks_chinese():
            ours = {"what is found": "sentence_zh", "remedy": "remedy_zh"} | {one: one for one in ENGLISH_ONLY}
            lines = {word("code"): code, word("severity"): word(CATALOGUE[code].severity)}
            lines |= {word(name): vars(CATALOGUE[code])[key] for name, key in ours.items()}
        for name, text in lines.items():
            if isinstance(text, str):
                say(f"{name:12} {plain(text)}")
        return
    grid = Table(title=word("What check and map may find"), title_justify="left")
    for heading in ("code", "severity", "what is found" if speaks_chinese() else "when"):
        grid.add_column(word(heading), overflow="fold")
    for kind in CATALOGUE.values():
        told = plain(kind.sentence_zh) if speaks_chinese() else kind.threshold
        grid.add_row(kind.code, word(kind.severity), Text(told))
    show(grid)


def references(
    markdown: Annotated[bool, typer.Option(help="Print Markdown, as docs/references.md holds it.")] = False,
) -> None:
    """Print what assumptions and rules rest on, by the keys that their sources name."""
    from pvmap.settings.references import as_markdown
    from pvmap.settings.references import references as every

    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    for one in every().values():
        say(f"[{one.key}] {one.cited(chinese=speaks_chinese())}: {one.clause}. {one.address}".rstrip())


def template() -> None:
    """Print a city file with every key, its default, mark and source, as pipelines/TEMPLATE.toml holds it."""
    from pvmap.template import as_toml

    typer.echo(as_toml(), nl=False)
