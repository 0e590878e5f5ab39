"""What the README says is so. Its table of the demo's totals is held by tests/benchmarks/test_make_map.py."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer
from city import PIPELINES, REPOSITORY, linked, run

from pvmap.cli import app
from pvmap.config import file_inputs, load
from pvmap.pipeline import open_city
from pvmap.settings import references
from pvmap.sources.demo import write_demo
from pvmap.sources.vector import read_vector
from pvmap.tables import TABLES
from pvmap.tables.contract import as_markdown

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
BEGUN = {shlex.split(command)[2] for command in COMMANDS if command.startswith("pvmap new ")}
INLINE = [code for code in re.findall(r"`([^`\n]+)`", README) if re.match(r"(pvmap|make) [a-z]", code)]


def rows(heading: str) -> list[list[str]]:
    """Cells of the README's tables below a heading, header lines left out."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = re.findall(r"^\|(.*)\|$", section, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines if not line.startswith("---")]


@pytest.mark.parametrize("command", [c for c in (*COMMANDS, *INLINE) if c.startswith("make ")])
def test_make_targets_are_there(command: str):
    targets = re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert shlex.split(command)[1] in targets


@pytest.mark.parametrize("command", [c for c in (*COMMANDS, *INLINE) if c.startswith("pvmap ")])
def test_commands_and_their_options_are_there(command: str):
    _, name, *arguments = shlex.split(command)
    known = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {option for parameter in known.params for option in parameter.opts}
    assert {a for a in arguments if a.startswith("--")} <= options
    if command in COMMANDS and name not in ("new", "diff", "schema", "findings", "references", "template"):
        city = PIPELINES / f"{arguments[0]}.toml"
        assert city.exists() or (REPOSITORY / arguments[0]).exists() or arguments[0] in BEGUN


def test_every_command_is_in_the_readme():
    told = {shlex.split(c)[1] for c in (*COMMANDS, *INLINE) if c.startswith("pvmap ")}
    assert told == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_make_help_lists_what_the_readme_does():
    told = subprocess.run(["make", "--no-print-directory", "help"], cwd=REPOSITORY, capture_output=True, text=True)
    assert told.returncode == 0
    for command in (c for c in (*COMMANDS, *INLINE) if c.startswith("make ")):
        assert re.search(rf"^{shlex.split(command)[1]}\b", told.stdout, re.MULTILINE), command


def test_paths_are_there():
    named = set(re.findall(r"\]\(([^)#:]+)\)", README))
    named |= {c for c in re.findall(r"`([\w./-]+)`", README) if re.match(r"(pvmap|pipelines|tests|docs)/", c)}
    named |= set(re.findall(r"\b((?:pvmap|pipelines|tests)/[\w/]*(?:\.py)?)(?=\s)", README))
    missing = [n for n in sorted(named) if "yourcity" not in n and not (REPOSITORY / n).exists()]
    assert len(named) > 15 and missing == []


def test_every_table_is_told():
    told = {name.strip() for row in rows("What comes out") for name in row[0].split(",")}
    assert sorted(set(TABLES) - told) == []


def test_the_list_of_columns_is_that_of_the_contract():
    assert (REPOSITORY / "docs" / "tables.md").read_text(encoding="utf-8") == as_markdown()


def test_the_list_of_references_is_that_of_the_settings():
    assert (REPOSITORY / "docs" / "references.md").read_text(encoding="utf-8") == references.as_markdown()


def test_every_dependency_has_a_reason():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=\[]", d)[0] for d in project["dependencies"]}
    told = {name.strip() for row in rows("Dependencies")[1:] for name in row[0].split(",")}
    extras = project["optional-dependencies"].items()
    optional = {f"{re.split(r'[<>=]', one)[0]} (`pvmap[{extra}]`)" for extra, ones in extras for one in ones}
    assert told - optional == needed
    section = README.split("## Dependencies\n", 1)[1].lower()
    for package in (re.split(r"[<>=\[]", d)[0] for d in project["optional-dependencies"]["test"]):
        assert package.lower() in section or package == "pandas-stubs", package


def test_suzhous_result_is_that_of_its_files(tmp_path: Path, shared_data: Path):
    names = {Path(one.path).name for _, one in file_inputs(load(PIPELINES / "suzhou.toml"))}
    linked(tmp_path / "data" / "raw" / "suzhou", *(next(shared_data.rglob(name)) for name in names))
    city = run(PIPELINES / "suzhou.toml", tmp_path)
    found = city.report.totals["rooftop"]
    paragraph = next(p for p in README.split("\n\n") if p.startswith("Suzhou"))
    assert f"{city.record['counts']['rooftop']['rows_read']:,} public footprints" in paragraph
    assert f"{found['n_sites']:,} roofs" in paragraph
    assert f"{found['capacity_mwp']:.1f} MWp" in paragraph
    assert f"{found['energy_gwh']:.1f} GWh/yr" in paragraph
    assert f"{found['specific_yield_kwh_per_kwp']:,.0f} kWh/kWp" in paragraph
    assert ("yield-outside-band" in {found.code for found in city.report.findings}) == ("says loudly" in paragraph)


@pytest.mark.slow
def test_the_site_to_explain_is_in_the_demo(tmp_path: Path):
    job = open_city("demo", tmp_path)
    write_demo(job.settings, job.folders.raw)
    source = job.settings.inputs.buildings[0]
    ids = read_vector(source, job.folders.raw, "EPSG:4549").features["id"]  # type: ignore[arg-type]
    named = re.search(r"pvmap explain demo rooftop-(\w+)", README)
    assert named is not None and named[1] in set(ids)
