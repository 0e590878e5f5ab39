"""What somebody has changed, put there or protected is never lost: everything that pvmap writes where people look."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from findings.examples.village import BUILDINGS, HEAD, TYPICAL, put, rows

from pvmap import pages
from pvmap.errors import ConfigError, DiskError
from pvmap.pages import CHECK, MAP, require_page, seal, write_page
from pvmap.written import RECORD, Written, fingerprint, was_set_aside

NAMES = {"a file": "report.docx", "a folder": "pypsa", "a database": "city.gpkg", "a page": "index.html"}
STATES = (
    *("absent", "ours", "only looked at", "changed", "foreign", "without a record", "another kind", "a link"),
    *("a dangling link", "protected", "copied elsewhere", "record damaged"),
)
OURS = ("absent", "ours", "only looked at", "copied elsewhere")  # nothing that anybody would miss


def make(path: Path, text: str) -> None:
    """Make an output of each kind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gpkg":
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE sites (name TEXT)")
            database.executemany("INSERT INTO sites VALUES (?)", [(text,)] * 500)
        database.close()
    elif path.suffix:
        path.write_text(f"<!DOCTYPE html>{text}", encoding="utf-8")
    else:
        (path / "market").mkdir(parents=True)
        (path / "buses.csv").write_text(text, encoding="utf-8")
        (path / "market" / "loads.csv").write_text(text, encoding="utf-8")


def write(folder: Path, name: str, text: str) -> list[str]:
    """Write an output as pvmap does, and give what was told."""
    told: list[str] = []
    if name == "index.html":
        write_page(folder / name, MAP, lambda path: path.write_text(f"<!DOCTYPE html>{text}"), told.append)
        return told
    fresh = folder / f".fresh {text}"
    make(fresh / name, text)
    Written(folder).put(fresh, [name], told.append)
    shutil.rmtree(fresh)
    return told


def content(path: Path) -> str:
    """Read what an output says, whatever is about it."""
    if path.suffix == ".gpkg" and not path.is_dir():
        with sqlite3.connect(path) as database:
            (found,) = {row[0] for row in database.execute("SELECT name FROM sites")}
        database.close()
        return found
    inner = next(one for one in sorted(path.rglob("*.csv"))) if path.is_dir() else path
    return inner.read_text(encoding="utf-8")


def look_at(path: Path) -> None:
    """Do what opening a file or folder does to it: times, a system's own files, a database's journal and counters."""
    if path.suffix == ".gpkg":
        for mode in ("WAL", "DELETE", "WAL"):  # as QGIS does
            database = sqlite3.connect(path)
            database.execute(f"PRAGMA journal_mode = {mode}")
            database.execute("SELECT count(*) FROM sites").fetchone()
            database.close()
        path.with_name(path.name + "-shm").write_bytes(bytes(32768))
        path.with_name(path.name + "-wal").touch()
    elif path.is_dir():
        (path / ".DS_Store").write_bytes(b"Bud1")
    os.utime(path, (1, 1))


def change(path: Path) -> None:
    """Do what somebody does who works on with an output."""
    if path.suffix == ".gpkg":
        with sqlite3.connect(path) as database:
            database.execute("UPDATE sites SET name = 'hers'")
        database.close()
    elif path.is_dir():
        (path / "buses.csv").write_text("hers", encoding="utf-8")
    else:
        path.write_text(path.read_text(encoding="utf-8") + "hers", encoding="utf-8")


def bring_about(state: str, folder: Path, name: str) -> Path:
    """Bring a place into a state; give the folder in which it then is."""
    path, elsewhere = folder / name, folder.with_name("elsewhere")
    if state in ("foreign", "a link"):
        make(path if state == "foreign" else elsewhere / name, "hers")
    if state in ("a link", "a dangling link"):
        folder.mkdir(exist_ok=True)
        path.symlink_to(elsewhere / name)
    if state in ("absent", "foreign", "a link", "a dangling link"):
        return folder
    if state == "another kind":
        kept = path / "buses.csv" if path.suffix else path
        kept.parent.mkdir(parents=True)
        kept.write_text("hers", encoding="utf-8")
        return folder
    write(folder, name, "first")
    if state == "only looked at":
        look_at(path)
    if state == "changed":
        change(path)
    if state == "protected":
        (path if path.is_file() else path / "buses.csv").chmod(0o444)
    if state == "without a record":
        (folder / RECORD).unlink(missing_ok=True)
        if path.suffix == ".html":
            path.write_text("<!DOCTYPE html>first", encoding="utf-8")
    if state == "record damaged":
        (folder / RECORD).write_text('{"stamp": "", "sha256": {"report.docx": 3}}')
        if path.suffix == ".html":
            path.write_bytes(path.read_bytes().replace(b"pvmap map ", b"pvmap map 0"))
    if state == "copied elsewhere":
        shutil.copytree(folder, elsewhere)
        return elsewhere
    return folder


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_is_not_as_pvmap_wrote_it_is_kept(tmp_path: Path, name: str, state: str):
    folder = bring_about(state, tmp_path / "run", name)
    there = os.path.lexists(folder / name)
    before = content(folder / name) if there and (folder / name).exists() else None
    told = write(folder, name, "second")
    assert "second" in content(folder / name) and not (folder / name).is_symlink()
    kept = [path for path in folder.iterdir() if was_set_aside(path.name)]
    if state in OURS:
        assert not told and not kept
    else:
        (one,) = kept
        assert told == [f"{folder / name} is not as pvmap wrote it: kept as {one.name}."]
        assert one.name.startswith(f"{Path(name).stem}.") and one.name.endswith(Path(name).suffix)
        assert one.is_symlink() if before is None else content(one) == before
    assert not write(folder, name, "third")  # what was kept once is not kept again


def test_what_is_in_a_journal_yet_goes_with_its_database(tmp_path: Path):
    write(tmp_path, "city.gpkg", "first")
    editor = sqlite3.connect(tmp_path / "city.gpkg")  # QGIS, open all the while
    editor.execute("PRAGMA journal_mode = WAL")
    editor.execute("UPDATE sites SET name = 'hers'")
    editor.commit()
    assert len(write(tmp_path, "city.gpkg", "second")) == 1
    editor.close()
    (kept,) = [path for path in tmp_path.iterdir() if was_set_aside(path.name) and path.suffix == ".gpkg"]
    assert content(kept) == "hers" and content(tmp_path / "city.gpkg") == "second"


def test_a_table_put_beside_those_of_a_network_is_kept_with_them(tmp_path: Path):
    write(tmp_path, "pypsa", "first")
    (tmp_path / "pypsa" / "stores.csv").write_text("hers")
    assert len(write(tmp_path, "pypsa", "second")) == 1
    (kept,) = tmp_path.glob("pypsa.*")
    assert (kept / "stores.csv").read_text() == "hers" and not (tmp_path / "pypsa" / "stores.csv").exists()


def test_two_that_are_set_aside_in_one_minute_are_two(tmp_path: Path):
    for text in ("one", "two", "three"):
        (tmp_path / "report.docx").write_text(text)
        assert len(write(tmp_path, "report.docx", "ours")) == 1
    kept = [path.read_text() for path in tmp_path.iterdir() if was_set_aside(path.name)]
    assert sorted(kept) == ["one", "three", "two"]


@pytest.mark.parametrize("at", range(6))
def test_a_run_that_is_killed_anywhere_loses_nothing_and_knows_its_own(tmp_path, monkeypatch, at: int):
    """Stop before the `at`-th file operation: what lies there is ours still, and nothing is kept for no reason."""
    names = ("report.docx", "pypsa")
    for name in names:
        write(tmp_path, name, "first")
    fresh, done, real = tmp_path / ".fresh", [], os.replace

    def replace(source, target):
        done.append(target)
        if len(done) > at:
            raise KeyboardInterrupt
        real(source, target)

    for name in names:
        make(fresh / name, "second")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", replace)
        Written(tmp_path).put(fresh, names)
        raise KeyboardInterrupt
    told = [line for name in names for line in write(tmp_path, name, "third")]
    assert not told and {content(tmp_path / name) for name in names} == {"<!DOCTYPE html>third", "third"}


def test_a_record_that_is_a_pipe_hangs_nobody(tmp_path: Path):
    os.mkfifo(tmp_path / RECORD)
    assert Written(tmp_path).hashes == {}


def test_a_file_that_a_program_holds_is_told_before_the_work(tmp_path, monkeypatch):
    write(tmp_path, "report.docx", "first")
    Written(tmp_path).require_closed()
    (tmp_path / "report.docx").chmod(0o444)  # protected, held by nobody: set aside later
    Written(tmp_path).require_closed()
    (tmp_path / "report.docx").chmod(0o644)
    known = Written(tmp_path)

    def held(self: Path, mode: str):
        raise PermissionError(13, "Permission denied")  # what Windows answers while Excel has a file open

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(DiskError, match=r"report\.docx is open in another program; close it there"):
        known.require_closed()


def test_a_record_holds_what_anybody_can_check(tmp_path: Path):
    write(tmp_path, "report.docx", "first")
    marks = json.loads((tmp_path / RECORD).read_text())["sha256"]
    assert marks == {"report.docx": [fingerprint(tmp_path / "report.docx")]}


def sealed(kind: str) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.write_text("<!doctype html>\n")
        seal(path, kind)

    return put


def after(*steps: Callable[[Path], object]) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        for step in steps:
            step(path)

    return put


ASKED: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, ""),
    "an older page of a check": (sealed(CHECK), ""),
    "an empty file": (lambda path: path.touch(), ""),
    "a map": (sealed(MAP), "not written by this option"),
    "a page of a check with notes": (after(sealed(CHECK), change), "changed since"),
    "a page of a check, protected": (after(sealed(CHECK), lambda path: path.chmod(0o444)), "changed since"),
    "a page of nobody's": (lambda path: path.write_text("<!DOCTYPE html>\n<html>"), "not written by this option"),
    "somebody's layer": (lambda path: path.write_text('{"type": "FeatureCollection"}'), "not written by this option"),
    "a folder": (lambda path: path.mkdir(), "folder"),
    "a link": (lambda path: path.symlink_to("elsewhere"), "link"),
    "a link to a page of a check": (
        lambda path: (sealed(CHECK)(path.with_name("other")), path.symlink_to("other")),
        "link",
    ),
    "a pipe": (os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir, "pipe|folder"),
}


@pytest.mark.parametrize("there", ASKED)
def test_a_page_that_is_asked_for_takes_the_place_of_its_like_only(tmp_path: Path, there: str):
    put, refusal = ASKED[there]
    put(tmp_path / "page.html")
    if refusal:
        with pytest.raises(ConfigError, match=rf"--html .*page\.html: .*({refusal})"):
            require_page(tmp_path / "page.html", "--html", CHECK)
    else:
        require_page(tmp_path / "page.html", "--html", CHECK)


@pytest.mark.parametrize("path", ["", ".", "/"])
def test_a_page_has_a_name(path: str):
    with pytest.raises(ConfigError, match="folder"):
        require_page(Path(path), "--html", CHECK)


def test_a_name_that_no_system_has_is_a_sentence(tmp_path: Path):
    with pytest.raises((ConfigError, DiskError)):
        require_page(tmp_path / ("x" * 300), "--html", CHECK)


def test_every_byte_of_a_page_is_under_its_seal(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_bytes(os.urandom(3000))
    seal(page, MAP)
    whole = page.read_bytes()
    assert pages.is_sealed(page, MAP) and not pages.is_sealed(page, CHECK)
    for at in (0, 1500, 2999, 3005, len(whole) - 5):
        page.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert not pages.is_sealed(page, MAP), at
    page.write_bytes(whole + b"\n")
    assert not pages.is_sealed(page, MAP)


def command(root: Path, *words: str) -> subprocess.CompletedProcess:
    """Run a command where matplotlib can keep nothing at home."""
    nowhere = dict.fromkeys(("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"), "/dev/null/home")
    surroundings = {**os.environ, "LC_ALL": "C.UTF-8", **nowhere}
    said = [sys.executable, "-m", "pvmap", *words, "--root", str(root)]
    return subprocess.run(said, capture_output=True, text=True, check=False, env=surroundings)


@pytest.mark.slow
def test_a_clerk_who_writes_into_what_she_got_can_plan_again(tmp_path: Path):
    city = tmp_path / "pipelines" / "x.toml"
    raw, run, maps = (tmp_path / "data" / "raw" / "x", tmp_path / "data" / "processed" / "x", tmp_path / "maps" / "x")
    for folder in (city.parent, raw, maps):
        folder.mkdir(parents=True)
    city.write_text(HEAD + BUILDINGS + TYPICAL, encoding="utf-8")
    put(raw, "b.geojson", rows())
    (maps / "index.html").write_text("<!DOCTYPE html>her own")
    for again in (False, True):
        ran = command(tmp_path, "map", str(city), "--workers", "0")
        assert ran.returncode == 0 and ran.stdout.count("kept as index.") == (not again), ran
    (kept,) = maps.glob("index.2*.html")
    assert kept.read_text() == "<!DOCTYPE html>her own"
    for page in (kept, maps / "index.html"):
        before = page.read_bytes()
        ran = command(tmp_path, "check", str(city), "--html", str(page))
        assert ran.returncode == 2 and ran.stderr.count("\n") == 1 and page.read_bytes() == before, ran
    assert command(tmp_path, "plan", str(city)).returncode == 0
    hers = [*(run / name for name in ("report.docx", "report.xlsx", "x.gpkg", "profiles_hourly.csv", "duck_curve.csv"))]
    hers = [path for path in hers if path.exists()] + [run / "pypsa" / "generators.csv"]
    for path in hers[:-1]:
        path.write_bytes(path.read_bytes() + b"hers")
    hers[-1].write_text("hers")
    ran = command(tmp_path, "plan", str(city))
    assert ran.returncode == 0 and not ran.stderr and ran.stdout.count(": kept as ") == len(hers), ran
    for path in hers[:-1]:
        (kept,) = run.glob(f"{path.stem}.2*{path.suffix}")
        assert kept.read_bytes().endswith(b"hers") and not path.read_bytes().endswith(b"hers")
    (kept,) = run.glob("pypsa.2*")
    assert (kept / "generators.csv").read_text() == "hers" and (kept / "buses.csv").is_file()
    assert ": kept as " not in command(tmp_path, "plan", str(city)).stdout
