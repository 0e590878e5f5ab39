"""Damaged, stale and blocked run folders: what can be made anew is, the rest is one sentence, nothing traces."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from city import same_rows
from test_bad_input import CITY, Hamlet, Said, footprints, one_sentence

from pvmap import cli, open_run, pipeline, store
from pvmap.errors import InputError
from pvmap.stages import earlier, lock, record
from pvmap.store import whole
from pvmap.tables import TABLES
from pvmap.written import RECORD, fingerprint

YEARS = '\n[inputs.districts]\npath = "districts.geojson"\ncolumns = { name = "no" }\n[run]\nsites_per_tile = 2\n'
Say = Callable[..., Said]


def spoil_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil_missing(path: Path) -> None:
    path.unlink()


def spoil_other(path: Path) -> None:
    """Another file of the same form: JSON of another shape, a table of other columns."""
    if path.suffix == ".json":
        path.write_text("[1]", encoding="utf-8")
    else:
        shutil.copyfile(path.with_name("other.parquet"), path)


def spoil_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def spoil_folder(path: Path) -> None:
    """A folder of that name, with something of somebody's in it."""
    path.unlink()
    path.mkdir()
    (path / "notes.txt").write_text("mine", encoding="utf-8")


def spoil_link(path: Path) -> None:
    """A link that leads nowhere."""
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def spoil_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


SPOILERS = (spoil_half, spoil_empty, spoil_missing, spoil_other, spoil_byte, spoil_folder, spoil_link, spoil_pipe)
SPOIL = {f.__name__.removeprefix("spoil_"): f for f in SPOILERS}
FILES = (
    *("city.json", "run.json", "sites.parquet", "prepared/sites.parquet", "weather.parquet", "rejects.parquet"),
    *("districts.parquet", "appraisal.parquet", "exclusions.parquet", "zones.parquet", "years.parquet"),
    *("technical/profiles.parquet", "technical/tiles.json"),
    *("PART/done.json", "PART/yields.parquet", "PART/profiles.parquet"),
    *("backdrop.json", "BACKDROP/xy"),
)
QUICK = {
    ("city.json", "half"),
    ("prepared/sites.parquet", "other"),
    ("PART/yields.parquet", "byte"),
    ("PART/done.json", "folder"),
}
CASES = [
    pytest.param(name, how, marks=() if (name, how) in QUICK else pytest.mark.slow) for name in FILES for how in SPOIL
]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Say:
    """Give a command on the city of a folder in this process."""

    def say(command: str, root: Path, *more: object) -> Said:
        options = ("--workers", 0) if command == "map" else ()
        arguments = [command, root / "hamlet.toml", *more, "--root", root, *options]
        return given(*arguments)

    def given(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["pvmap", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            cli.run()
        except SystemExit as end:
            code = int(end.code or 0)
        return Said(code, *capsys.readouterr())

    say.given = given  # type: ignore[attr-defined]
    return say


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root of a hamlet of two tiles that has been mapped and planned."""
    hamlet = Hamlet(tmp_path_factory.mktemp("finished"))
    hamlet.say(CITY + YEARS)
    outline = footprints(1)
    ring = [[119.4, 32.1], [119.5, 32.1], [119.5, 32.3], [119.4, 32.3], [119.4, 32.1]]
    outline["features"][0]["geometry"]["coordinates"] = [ring]
    hamlet.put("districts.geojson", outline)
    job = pipeline.open_city(str(hamlet.file), hamlet.root)
    pipeline.make_map(job, workers=0)
    pipeline.write_plan(job)
    return hamlet.root


@pytest.fixture
def root(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "city", copy_function=shutil.copy2)
    return tmp_path / "city"


def processed(root: Path) -> Path:
    return root / "data" / "processed" / "hamlet"


def assert_same_tables(one: Path, other: Path) -> None:
    there = {name for name in TABLES if (processed(one) / f"{name}.parquet").exists()}
    assert there == {name for name in TABLES if (processed(other) / f"{name}.parquet").exists()}
    for name, table in TABLES.items():
        if name not in there:  # a table that no city file asks for
            continue
        same_rows(store.read_table(processed(one), name), store.read_table(processed(other), name), list(table.key))


def told(said: Said) -> bool:
    """Whether a command did its work or said in one sentence why not."""
    if said.code == 0:
        return not said.err
    one_sentence(said)
    return True


@pytest.mark.parametrize(("name", "how"), CASES)
def test_a_damaged_file_is_made_anew_or_named(root: Path, finished: Path, say: Say, name: str, how: str):
    folder = processed(root)
    parts = sorted((folder / "parts").iterdir())
    (backdrop,) = (one for one in (folder / "backdrop").glob("*/*") if one.is_dir())
    path = {"PART": parts[0], "BACKDROP": backdrop}.get(name.split("/")[0], folder) / re.sub("^[A-Z]+/", "", name)
    kept = {part: (part / "done.json").stat().st_mtime_ns for part in parts if part != path.parent}
    shutil.copyfile(folder / "shade.parquet", path.with_name("other.parquet"))
    SPOIL[how](path)
    path.with_name("other.parquet").unlink(missing_ok=True)
    assert told(say("status", root))
    assert told(say("explain", root, "rooftop-b1"))
    assert told(say("plan", root))
    assert told(say.given("diff", folder, processed(finished)))  # type: ignore[attr-defined]
    said = say("map", root)
    assert said.code == 0 and not said.err, said
    assert_same_tables(root, finished)
    assert say("explain", root, "rooftop-b1").code == 0
    assert {part: (part / "done.json").stat().st_mtime_ns for part in kept} == kept
    if how == "folder" and name != "BACKDROP/xy":  # that one lay in a folder of our own, which goes whole
        assert [one.read_text(encoding="utf-8") for one in root.rglob("notes.txt")] == ["mine"]


def test_the_part_of_another_tile_is_none_of_this_one(root: Path):
    job = pipeline.open_city(str(root / "hamlet.toml"), root)
    assert pipeline.city_status(job).tiles == {"done": 2, "failed": 0, "stale": 0, "to do": 0}
    one, other = sorted((processed(root) / "parts").iterdir())
    shutil.rmtree(one)
    shutil.copytree(other, one)
    assert pipeline.city_status(job).tiles == {"done": 1, "failed": 0, "stale": 1, "to do": 0}


def without(path: Path, column: str) -> None:
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(column), path)


def renamed(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.rename_columns([f"x{n}" for n in range(table.num_columns)]), path)


def bare(path: Path) -> None:
    """Outlines that GeoParquet tells nothing of."""
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)


def indexed(path: Path) -> None:
    """Read, laid by the first column, and written again."""
    frame = pq.read_table(path).to_pandas()
    frame.set_index(frame.columns[0]).to_parquet(path)


def vouch(folder: Path) -> None:
    """Let the records of a run vouch for the files that lie there now, as anybody can."""
    for path, key in ((folder / "city.json", "files"), *((p, "files") for p in folder.glob("parts/*/done.json"))):
        found = whole.require_record(path)
        whole.write_record(path, found | {key: whole.measured(path.parent, found[key])})
    found = whole.require_record(folder / "run.json")
    whole.write_record(folder / "run.json", found | {"tables": whole.measured(folder, found["tables"])})


FORGED: dict[str, list[Callable[[Path], None]]] = {
    "prepared/sites.parquet": [partial(without, column="township"), partial(without, column="hilbert"), bare],
    "sites.parquet": [partial(without, column="district"), bare, indexed],
    "weather.parquet": [partial(without, column="ghi"), renamed, indexed],
    "rejects.parquet": [renamed],
    "districts.parquet": [partial(without, column="name"), bare],
    "technical/profiles.parquet": [renamed, indexed],
    "appraisal.parquet": [partial(without, column="capacity_kwp"), partial(without, column="spread_use"), indexed],
    "exclusions.parquet": [renamed],
    "profiles.parquet": [renamed],
    "zones.parquet": [bare, partial(without, column="level")],
    "PART/surfaces.parquet": [partial(without, column="measured"), bare],
    "PART/yields.parquet": [renamed, indexed],
    "PART/exclusions.parquet": [renamed],
    "PART/profiles.parquet": [renamed, partial(without, column="power_kw")],
}
CHANGED = [(name, change) for name, changes in FORGED.items() for change in changes]


def forge(folder: Path, *files: tuple[str, Callable[[Path], None]]) -> None:
    part = min((folder / "parts").iterdir())
    for name, change in files:
        change(part / name.removeprefix("PART/") if name.startswith("PART/") else folder / name)
    vouch(folder)


def assert_told_and_made_anew(root: Path, finished: Path, say: Say) -> None:
    folder = processed(root)
    assert told(say("status", root))
    one_sentence(say("explain", root, "rooftop-b1"), "run `pvmap map hamlet` again")
    one_sentence(say("plan", root), "run `pvmap map hamlet` again")
    assert told(say.given("diff", folder, processed(finished)))  # type: ignore[attr-defined]
    with contextlib.suppress(InputError):  # a column that another version may lack is looked for by nobody there
        open_run(folder).map()
    said = say("map", root)
    assert said.code == 0 and not said.err, said
    assert_same_tables(root, finished)


def test_tables_of_another_shape_are_told_and_made_anew_though_records_vouch_for_them(
    root: Path, finished: Path, say: Say
):
    forge(processed(root), *((name, changes[0]) for name, changes in FORGED.items()))
    assert_told_and_made_anew(root, finished, say)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "change"), CHANGED, ids=lambda one: one if isinstance(one, str) else None)
def test_a_table_of_another_shape_is_told_and_made_anew(
    root: Path, finished: Path, say: Say, name: str, change: Callable[[Path], None]
):
    forge(processed(root), (name, change))
    if not name.startswith("PART/"):  # parts are read by those who settle, all else by everybody
        assert_told_and_made_anew(root, finished, say)
        return
    assert told(say("plan", root))
    assert say("map", root).code == 0
    assert_same_tables(root, finished)


def test_a_record_that_vouches_for_too_few_files_is_not_current(root: Path, finished: Path, say: Say):
    for path in [processed(root) / "city.json", *processed(root).glob("parts/*/done.json")]:
        whole.write_record(path, whole.require_record(path) | {"files": {}})
    for name in ("weather.parquet", "rejects.parquet"):
        (processed(root) / name).unlink()
    assert say("map", root).code == 0
    assert_same_tables(root, finished)


SENT = "s3://city/out"
UPLOADED = (
    *("MAP/index.html", "report.xlsx", "hamlet.gpkg", "pypsa/buses.csv", ".written.json", "uploads.json"),
    *(name for name in FILES if not name.startswith(("PART", "BACKDROP"))),
)
SENT_QUICK = {("run.json", "other"), ("report.xlsx", "link"), ("MAP/index.html", "half"), ("zones.parquet", "pipe")}
# each file in two or three ways, each way with a quarter of the files: whoever sends asks the same of all files
SENDING = [
    pytest.param(name, how, marks=() if (name, how) in SENT_QUICK else pytest.mark.slow)
    for at, name in enumerate(UPLOADED)
    for way, how in enumerate(SPOIL)
    if (at + way) % 4 == 0 or (name, how) in SENT_QUICK
]


@pytest.mark.parametrize(("name", "how"), SENDING)
def test_of_a_damaged_run_nothing_wrong_is_sent(root: Path, say: Say, bucket: Any, name: str, how: str):
    """A refusal in one sentence with no manifest, or all that the manifest names is there as it names it."""
    folder = processed(root)
    if name == "uploads.json":  # which is there after a first one
        assert say("upload", root, SENT).code == 0
    path = {"MAP": root / "maps" / "hamlet"}.get(name.split("/")[0], folder) / re.sub("^[A-Z]+/", "", name)
    shutil.copyfile(folder / "shade.parquet", path.with_name("other.parquet"))
    whole_file = path.read_bytes()
    SPOIL[how](path)
    path.with_name("other.parquet").unlink(missing_ok=True)
    said = say("upload", root, SENT)
    assert bucket.exists("city/out/manifest.json") == (said.code == 0)
    if said.code != 0:
        one_sentence(said)
        assert name not in ("report.xlsx", "hamlet.gpkg", "pypsa/buses.csv", "uploads.json", "backdrop.json")
        return
    files = json.loads(bucket.cat_file("city/out/manifest.json"))["files"]
    for sent, about in files.items():
        content = bucket.cat_file(f"city/out/{sent}")
        assert hashlib.sha256(content).hexdigest() == about["sha256"] and content != b"mine", sent
    target = name.replace("MAP", "map")
    assert target not in files or bucket.cat_file(f"city/out/{target}") == whole_file


def test_records_that_somebody_has_made_send_nothing_from_elsewhere(root: Path, say: Say, bucket: Any):
    folder, mine = processed(root), root / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    planned = json.loads((folder / ".written.json").read_text(encoding="utf-8"))
    for name in (os.path.relpath(mine, folder), str(mine)):
        planned["sha256"][name] = [fingerprint(mine)]
    (folder / ".written.json").write_text(json.dumps(planned), encoding="utf-8")
    others = dict(zip(("run.json", "sites.parquet", "manifest.json"), (None, {"marks": 5}, [[]]), strict=True))
    whole.write_record(folder / "uploads.json", {f"{SENT}/{name}": other for name, other in others.items()})
    said = say("upload", root, SENT)
    assert said.code == 0, said
    sent = bucket.find("city")
    assert "city/out/sites.parquet" in sent and all(name.startswith("city/out/") for name in sent)
    assert all(bucket.cat_file(name) != b"mine" for name in sent)


def test_what_is_not_of_the_run_is_told_and_not_sent(root: Path, say: Say, bucket: Any):
    folder, maps = processed(root), root / "maps" / "hamlet"
    secrets = root / "secrets"
    secrets.mkdir()
    theirs = [
        *(secrets / "keys.txt", folder / "wages.xlsx", folder / "hosting.parquet", folder / "notes" / "draft.md"),
        *(folder / "pypsa_users" / "mine.csv", maps / "photo.jpg", maps / "tiles" / "a.js", maps / "sheets" / "1.html"),
    ]
    for path in theirs:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    (folder / "linked").symlink_to(secrets)
    (maps / "other.html").symlink_to(secrets / "keys.txt")
    said = say("upload", root, SENT)
    assert said.code == 0, said
    files = json.loads(bucket.cat_file("city/out/manifest.json"))["files"]
    assert {f"city/out/{name}" for name in (*files, "manifest.json")} == set(bucket.find("city/out"))
    assert b"mine" not in [bucket.cat_file(f"city/out/{name}") for name in files]
    assert {"run.json", "report.xlsx", "pypsa/buses.csv", "zones.parquet", "map/index.html"} <= set(files)
    assert not {"hosting.parquet", "backdrop.json", "linked", "pypsa_users/meta.json"} & set(files)
    out = " ".join(said.out.split())
    assert "hosting.parquet, linked, notes/draft.md and" in out and "other.html, photo.jpg, sheets/1.html and 1" in out


def test_a_file_in_the_place_of_a_part_is_kept_and_the_part_made_anew(root: Path, finished: Path, say: Say):
    part = min((processed(root) / "parts").iterdir())
    shutil.rmtree(part)
    part.write_text("mine", encoding="utf-8")
    assert say("map", root).code == 0
    assert (part / "done.json").is_file()
    assert [one.read_text(encoding="utf-8") for one in part.parent.iterdir() if one.is_file()] == ["mine"]
    assert_same_tables(root, finished)


def test_no_other_numbers_are_opened_in_silence(root: Path, finished: Path):
    """A table that can be read, but is not of the run that run.json tells."""
    run, found = open_run(processed(root)), open_run(processed(finished))
    other = store.read_table(processed(root), "appraisal")
    store.write_table(processed(root), "appraisal", other.assign(energy_kwh=2 * other["energy_kwh"]))
    assert found.appraisal["energy_kwh"].sum() > 0
    for read in (lambda: run.appraisal, lambda: run.table("appraisal", ["energy_kwh"]), run.map):
        with pytest.raises(
            InputError, match=r"appraisal\.parquet is damaged or not of the run .* run `pvmap map hamlet`"
        ):
            read()
    same_rows(run.zones, found.zones, list(TABLES["zones"].key))


def test_leftovers_and_parts_of_earlier_tilings_go(root: Path, say: Say):
    folder = processed(root)
    (folder / ".sites.parquet.0123456789ab.part").write_text("half", encoding="utf-8")
    (folder / ".run.lock.0123456789ab.part").mkdir()
    (root / "maps" / "hamlet" / ".index.html.0123456789ab.part").write_text("half", encoding="utf-8")
    for name in ("07_0000000000", "07_0000000001", "my notes", "08"):
        (folder / "parts" / name).mkdir()
    (folder / "parts" / "07_0000000000" / "yields.parquet").write_text("old", encoding="utf-8")
    mine = [
        folder / "parts" / name
        for name in ("list.txt", "my notes/a.parquet", "07_0000000001/thesis.docx", "08/done.json")
    ]
    mine += [folder / "backdrop" / "sketch" / "xy", folder / "years" / "mine.csv"]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    assert say("map", root).code == 0
    assert [path for path in mine if not path.is_file()] == []
    names = [path.name for path in root.rglob("*")]
    assert not [name for name in names if name.endswith(".part") or name == "07_0000000000" or name == lock.LOCK]


def test_files_of_another_run_are_told_before_they_are_sent(root: Path):
    folder, maps = processed(root), root / "maps" / "hamlet"
    about = whole.require_record(folder / "run.json")
    earlier.require_of_run(about, folder, maps)
    planned = store.read_json(folder / RECORD)
    store.write_json(folder / RECORD, planned | {"stamp": "of an older run"})
    with pytest.raises(InputError, match=r"are not of the run that run\.json describes; run `pvmap plan hamlet` again"):
        earlier.require_of_run(about, folder, maps)


# ------------------------------------------------------------------------------------------------ other settings


def test_plan_and_explain_print_no_new_settings_beside_old_numbers(root: Path, say: Say):
    file = root / "hamlet.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[module]\npower_kwp = 0.45\n", encoding="utf-8")
    for command in (("plan", root), ("explain", root, "rooftop-b1")):
        one_sentence(say(*command), "module.power_kwp", "0.45", "pvmap map hamlet")


@pytest.mark.slow
def test_files_of_an_earlier_run_are_told_beside_a_new_map(root: Path, say: Say):
    words = "are of an earlier run; `pvmap plan hamlet` makes them anew."
    assert words not in say("map", root).out
    file = root / "hamlet.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[module]\npower_kwp = 0.45\n", encoding="utf-8")
    assert words in say("map", root).out
    said = say("plan", root)
    assert said.code == 0 and "earlier run" not in said.out
    assert words not in say("map", root).out


def test_other_libraries_are_told(root: Path, say: Say, monkeypatch: pytest.MonkeyPatch):
    from pvmap.stages import stamp

    older = {**stamp.libraries(), "numba": "0.1"}
    monkeypatch.setattr(stamp, "libraries", lambda: older)
    monkeypatch.setattr(record, "versions", lambda: {**older, "pvmap": "0"})
    one_sentence(say("plan", root), "versions.numba", "0.1", "pvmap map hamlet")


def test_a_changed_price_is_planned_and_then_explained(root: Path, say: Say, finished: Path):
    file = root / "hamlet.toml"
    text = file.read_text(encoding="utf-8") + "\n[planning.economics]\ndiscount_rate = 0.031\n"
    file.write_text(text, encoding="utf-8")
    one_sentence(say("explain", root, "rooftop-b1"), "discount_rate", "pvmap plan hamlet")
    said = say("plan", root)
    assert said.code == 0 and "index.html shows an earlier run; `pvmap map hamlet` draws it anew." in said.out
    with pytest.raises(InputError, match=r"index\.html is not the page of the run .* run `pvmap map hamlet` again"):
        earlier.require_of_run(
            whole.require_record(processed(root) / "run.json"), processed(root), root / "maps/hamlet"
        )
    assert "3.1%" in say("explain", root, "rooftop-b1").out
    said = say.given("diff", processed(finished), processed(root))  # type: ignore[attr-defined]
    assert "discount_rate" in said.out and "lcoe_cny_per_kwh" in said.out and "4 sites" in said.out


# ------------------------------------------------------------------------------------------------- blocked folders


def test_a_held_folder_is_neither_planned_nor_explained_but_checked(root: Path, say: Say):
    with lock.hold(processed(root), "map hamlet"):
        spoil_half(processed(root) / "rejects.parquet")  # as it may stand under that run
        for command in (("map", root), ("plan", root), ("explain", root, "rooftop-b1")):
            one_sentence(say(*command), "in use by `pvmap map hamlet`", str(os.getpid()))
        one_sentence(say.given("diff", processed(root), processed(root)), "in use")  # type: ignore[attr-defined]
        assert say("check", root).code in (0, 1)
    one_sentence(say("explain", root, "rooftop-b1"), r"rejects.parquet is damaged")


def in_namespace(root: Path, mount: str, *arguments: object) -> subprocess.CompletedProcess:
    """Run a command where a mount of our own is seen by nobody else."""
    command = " ".join(map(str, (sys.executable, "-m", "pvmap", *arguments)))
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{mount} && exec {command}"],
        cwd=root,
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


def can_mount() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    probe = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not can_mount(), reason="needs the right to mount a folder of its own")


@mounts
@pytest.mark.slow
@pytest.mark.parametrize("command", ["map", "plan"])
def test_a_read_only_folder_is_one_sentence(root: Path, command: str):
    mount = f"mount --bind {root} {root} && mount -o remount,bind,ro {root}"
    done = in_namespace(root, mount, command, root / "hamlet.toml", "--root", root)
    one_sentence(Said(done.returncode, done.stdout, done.stderr), str(processed(root)), "cannot be written")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody can write to")
def test_where_nothing_can_be_written_is_told_before_the_work(root: Path, say: Say):
    shutil.rmtree(processed(root))
    shutil.rmtree(root / "maps")
    (root / "maps").symlink_to("/proc")
    one_sentence(say("map", root), f"{root}/maps/hamlet cannot be written: ")
    assert not processed(root).exists()
    one_sentence(say("check", root, "--html", "/proc/check.html"), "/proc cannot be written: ")


@mounts
@pytest.mark.slow
def test_a_read_only_folder_can_be_explained_and_compared(root: Path):
    mount = f"mount --bind {root} {root} && mount -o remount,bind,ro {root}"
    done = in_namespace(root, mount, "explain", root / "hamlet.toml", "rooftop-b1", "--root", root)
    assert done.returncode == 0 and "kWh/kWp by plain pvlib" in done.stdout, done
    assert in_namespace(root, mount, "diff", processed(root), processed(root)).returncode == 0


@mounts
@pytest.mark.slow
@pytest.mark.parametrize("kib", [64, 400, 1200, 2400])
def test_a_full_disk_is_one_sentence_and_the_next_run_is_whole(root: Path, finished: Path, say: Say, kib: int):
    """The disk is full at one step or another; where it was large enough after all nothing is to be said."""
    folder = processed(root)
    shutil.rmtree(folder)
    folder.mkdir()
    mount = f"mount -t tmpfs -o size={kib}k none {folder}"
    arguments = ("map", root / "hamlet.toml", "--root", root, "--workers", 0)
    done = in_namespace(root, mount, *arguments)
    said = Said(done.returncode, done.stdout, done.stderr)
    if kib < 1000:
        one_sentence(said, "cannot be written", "No space left")
    elif said.code != 0:
        assert "No space left" in said.err and "Traceback" not in said.err, said
    assert say("map", root).code == 0
    assert_same_tables(root, finished)
