"""One city, one run: who holds a run folder, and who only seems to."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from pvmap.errors import DiskError, InputError
from pvmap.stages import lock
from pvmap.written import was_set_aside

HOLD = """
import sys, time
from pathlib import Path
from pvmap.stages import lock
with lock.hold(Path(sys.argv[1]), "map elsewhere"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(tmp_path: Path):
    """Another process that holds the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def put(folder: Path, silent_seconds: float = 0.0, **changes: object) -> None:
    """Leave a lock as somebody else would."""
    owner = dataclasses.replace(lock.Owner.me("map x"), **changes)  # type: ignore[arg-type]
    (folder / lock.LOCK).mkdir(parents=True)
    file = folder / lock.LOCK / "owner.json"
    file.write_text(json.dumps(dataclasses.asdict(owner)), encoding="utf-8")
    os.utime(file, (time.time() - silent_seconds,) * 2)


def taken(folder: Path) -> bool:
    """Whether the folder can be had, and nothing but what was set aside lies about when it is given back."""
    with lock.hold(folder, "map x"):
        assert (folder / lock.LOCK).is_dir()
    return [path for path in folder.iterdir() if not was_set_aside(path.name)] == []


def test_a_folder_is_held_once_and_given_back(tmp_path: Path):
    with lock.hold(tmp_path / "city", "map x"):
        with pytest.raises(InputError, match=rf"in use by `pvmap map x`, process {os.getpid()} on "):
            taken(tmp_path / "city")
        with pytest.raises(InputError, match="in use"):
            lock.require_free(tmp_path / "city")
    lock.require_free(tmp_path / "city")
    assert taken(tmp_path / "city")


def test_a_run_that_fails_gives_its_folder_back(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), lock.hold(tmp_path, "map x"):
        raise ZeroDivisionError
    assert taken(tmp_path)


def test_a_living_process_keeps_its_folder_and_a_killed_one_does_not(tmp_path: Path, other: subprocess.Popen):
    with pytest.raises(InputError, match=f"pvmap map elsewhere`, process {other.pid} on "):
        taken(tmp_path)
    other.send_signal(signal.SIGKILL)
    other.wait()
    lock.require_free(tmp_path)
    assert taken(tmp_path)


def test_a_renamed_host_holds_its_folder_and_no_longer_than_its_process(tmp_path: Path):
    if subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode:
        pytest.skip("needs the right to rename a host")
    command = ["unshare", "--uts", "sh", "-c", 'hostname renamed && exec "$0" "$@"', sys.executable, "-c", HOLD]
    with subprocess.Popen([*command, tmp_path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {process.pid} on renamed since"):
            taken(tmp_path)
        process.kill()
        process.wait()
        assert taken(tmp_path)  # at once, whatever its name was


@pytest.mark.parametrize("jump_seconds", [-100_000, 100_000])
def test_a_clock_that_was_set_takes_no_folder_from_a_living_process(
    tmp_path: Path, other: subprocess.Popen, jump_seconds: float
):
    (entry,) = (tmp_path / lock.LOCK).iterdir()
    os.utime(entry, (time.time() - jump_seconds,) * 2)  # its last sign of life by the new clock
    with pytest.raises(InputError, match=f"process {other.pid} on "):
        taken(tmp_path)
    with pytest.raises(InputError, match=f"process {other.pid} on "):
        lock.require_free(tmp_path)
    other.kill()
    other.wait()
    assert taken(tmp_path)


@pytest.mark.parametrize("alive", [False, True])
def test_of_an_old_lock_from_elsewhere_the_next_sign_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alive: bool
):
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.2)
    put(tmp_path, 2 * lock.SILENT_SECONDS, machine="elsewhere")  # or its clock, or ours, was set a moment ago
    sign = threading.Timer(0.2, os.utime, [tmp_path / lock.LOCK / "owner.json"])
    if not alive:
        assert taken(tmp_path)
        return
    sign.start()
    with pytest.raises(InputError, match="in use"):
        taken(tmp_path)
    sign.join()


def test_a_process_that_is_not_shown_is_no_dead_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path)
    monkeypatch.setattr(psutil.Process, "status", lambda self: (_ for _ in ()).throw(psutil.NoSuchProcess(self.pid)))
    with pytest.raises(InputError, match="in use"):  # proc may be mounted so that others' processes are hidden
        taken(tmp_path)


def contend(folder: Path, wanting: int = 8) -> tuple[int, int]:
    """Let many want one folder at once; how many had it while the others wanted it, and how many were refused."""
    start, end, held, refused = threading.Barrier(wanting), threading.Event(), [], []

    def want() -> None:
        start.wait()
        try:
            with lock.hold(folder, f"map {threading.get_ident()}") as mine:
                held.append(1)
                if len(held) > 1:
                    end.set()
                end.wait(60)
                mine.require()
        except InputError:
            refused.append(1)
            if len(refused) == wanting - 1:
                end.set()

    threads = [threading.Thread(target=want) for _ in range(wanting)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(held), len(refused)


def test_of_many_that_want_a_dead_ones_folder_one_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read = lock._read

    def slowly(*arguments: Path) -> lock.Owner | None:
        owner = read(*arguments)
        os.sched_yield()  # what was read is older than what is done about it
        return owner

    monkeypatch.setattr(lock, "_read", slowly)
    for number in range(5):
        put(tmp_path / f"{number}", process=2**22 + 1)
        assert contend(tmp_path / f"{number}") == (1, 7)
        assert list((tmp_path / f"{number}").iterdir()) == []


def test_who_comes_late_to_a_dead_ones_folder_leaves_the_quicker_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path, process=2**22 + 1)
    is_dead, rename, quicker = lock._is_dead, os.rename, contextlib.ExitStack()

    def after_somebody_else(*arguments: Any) -> bool:
        monkeypatch.setattr(lock, "_is_dead", is_dead)
        held = quicker.enter_context(lock.hold(tmp_path, "map quicker"))

        def watched(source: Path, target: Path) -> None:
            rename(source, target)
            held.require()  # at no moment is the folder free

        monkeypatch.setattr(os, "rename", watched)
        return is_dead(*arguments)

    monkeypatch.setattr(lock, "_is_dead", after_somebody_else)
    with quicker, pytest.raises(InputError, match="map quicker"):
        taken(tmp_path)


@pytest.mark.parametrize(
    ("changes", "silent_seconds", "free"),
    [
        ({}, 10_000.0, False),  # this process, if stopped for long
        ({"process": 2**22 + 1}, 0.0, True),
        ({"started": 1.0}, 10_000.0, True),  # the number belongs to another process now
        ({"started": 1.0}, 0.0, False),  # the clock was set, the holder lives
        ({"machine": "elsewhere"}, 1.0, False),
        ({"machine": "elsewhere", "process": 2**22 + 1}, lock.SILENT_SECONDS / 2, False),
        ({"machine": "elsewhere"}, lock.SILENT_SECONDS * 2, True),
    ],
    ids=str,
)
def test_a_dead_holder_is_told_from_a_living_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict, silent_seconds: float, free: bool
):
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.01)
    put(tmp_path, silent_seconds, **changes)
    if free:
        lock.require_free(tmp_path)
        assert taken(tmp_path)
    else:
        with pytest.raises(InputError, match="in use"):
            lock.require_free(tmp_path)
        with pytest.raises(InputError, match="in use"):
            taken(tmp_path)


def owner(**changes: object) -> str:
    return json.dumps(dataclasses.asdict(lock.Owner.me("map x")) | changes)


DAMAGED = {
    "empty": "",
    "half": "{",
    "a list": "[]",
    "a part": '{"host": "x"}',
    "no number": owner(process="x"),
    "no process": owner(process=-1),
    "a number no system gives": owner(process=2**70),
    "no time": owner(started="x"),
    "nested": "[" * 100_000,
    "no text": "\x00\udcff",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_lock_holds_nobody_back(tmp_path: Path, content: str):
    (tmp_path / lock.LOCK).mkdir()
    (tmp_path / lock.LOCK / "owner.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    lock.require_free(tmp_path)
    assert taken(tmp_path)


@pytest.mark.parametrize("alive", [False, True])
def test_of_a_lock_from_the_future_only_the_next_sign_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alive: bool
):
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.01)
    put(tmp_path, -2 * lock.SILENT_SECONDS, machine="elsewhere")
    file = tmp_path / lock.LOCK / "owner.json"
    signs = iter([1e9, 1e9, 1e9, 1e9 + 1])
    if alive:
        monkeypatch.setattr(lock, "_last_sign", lambda path: next(signs, 1e9 + 1) + time.time() if path == file else 0)
        with pytest.raises(InputError, match="in use"):
            lock.require_free(tmp_path)
    else:
        lock.require_free(tmp_path)
        assert taken(tmp_path)


def test_a_file_in_the_place_of_the_lock_holds_nobody_back_and_is_kept(tmp_path: Path):
    (tmp_path / lock.LOCK).write_text("mine", encoding="utf-8")
    assert taken(tmp_path)
    (kept,) = tmp_path.iterdir()
    assert kept.read_text(encoding="utf-8") == "mine" and was_set_aside(kept.name)


def test_a_file_there_that_nothing_moves_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Some disks know no second names, and some programs hold a folder that is empty."""

    def refuse(*given: object, **more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    (tmp_path / lock.LOCK).write_text("mine", encoding="utf-8")
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(DiskError, match=r"run\.lock cannot be written: it is no folder; move it away"):
        taken(tmp_path)
    (tmp_path / lock.LOCK).unlink()
    (tmp_path / lock.LOCK).mkdir()
    monkeypatch.setattr(lock, "MOST_TRIES", 20)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(DiskError, match="cannot be written: Operation not permitted"):
        taken(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] in ([], [lock.LOCK])


@pytest.mark.parametrize("name", ["notes.txt", "thesis", "owner.json"])
def test_what_is_somebodys_in_the_place_of_a_lock_is_kept(tmp_path: Path, name: str):
    mine = tmp_path / lock.LOCK / name / "mine.txt" if "." not in name else tmp_path / lock.LOCK / name
    mine.parent.mkdir(parents=True)
    mine.write_text("mine" * lock.MOST_BYTES, encoding="utf-8")
    lock.require_free(tmp_path)
    assert taken(tmp_path)
    assert [path.read_text(encoding="utf-8")[:4] for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


def test_a_lock_that_is_a_link_leaves_what_it_leads_to_alone(tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "owner.json").write_text("mine", encoding="utf-8")
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / lock.LOCK).symlink_to(tmp_path / "home", target_is_directory=True)
    assert taken(tmp_path / "city")
    assert (tmp_path / "home" / "owner.json").read_text(encoding="utf-8") == "mine"
    assert [path.is_symlink() for path in (tmp_path / "city").iterdir()] == [True]


@pytest.mark.parametrize("missed", [FileNotFoundError("sites.parquet"), InputError("sites.parquet is not there")])
def test_a_folder_that_goes_away_is_told_whatever_is_missed_first(tmp_path: Path, missed: Exception):
    with (
        pytest.raises(DiskError, match="has gone away while the run was under way"),
        lock.hold(tmp_path / "c", "map x"),
    ):
        shutil.rmtree(tmp_path / "c")
        raise missed
    with pytest.raises(type(missed), match="sites"), lock.hold(tmp_path / "c", "map x"):
        raise missed


def test_a_lock_that_is_a_link_to_itself_holds_nobody_back(tmp_path: Path):
    (tmp_path / lock.LOCK).symlink_to(tmp_path / lock.LOCK)
    lock.require_free(tmp_path)
    assert taken(tmp_path)


def test_who_has_lost_its_folder_publishes_nothing(tmp_path: Path):
    with lock.hold(tmp_path / "city", "map x") as held:
        held.require()
        os.rename(tmp_path / "city" / lock.LOCK, tmp_path / "gone")
        with pytest.raises(DiskError, match="gone away"):
            held.require()
        put(tmp_path / "city", command="map y")
        with pytest.raises(InputError, match="in use by `pvmap map y`"):
            held.require()
    assert (tmp_path / "city" / lock.LOCK).is_dir()  # not ours any more
