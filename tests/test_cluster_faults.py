"""What a cluster can do to a run: die, fall silent, be another one; each is one sentence, and nobody is left over."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from test_bad_input import CITY, Hamlet, Said, footprints, one_sentence
from test_engine import PATIENCE_SECONDS, address_in, own_process, until

import pvmap
from pvmap import engine
from pvmap.errors import DiskError, InputError
from pvmap.stages.entry import Entry, entry

LOOPBACK = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
WORKER = ("--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")


def refuse(_: object) -> None:
    calls = Path(os.environ["PVMAP_TEST_CALLS"])
    with calls.open("a") as out:
        out.write("x")
    raise InputError("This row is bad; put it right.")


def shaky(_: object) -> None:
    calls = Path(os.environ["PVMAP_TEST_CALLS"])
    with calls.open("a") as out:
        out.write("x")
    raise DiskError("The disk is shaky.")


@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("function", "calls"), [(refuse, 1), (shaky, 3)])
def test_a_refusal_is_not_tried_again_but_a_shaky_disk_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, function: Callable, calls: int
):
    monkeypatch.setenv("PVMAP_TEST_CALLS", str(tmp_path / "calls"))
    with engine.Pool(workers) as pool:
        outcomes = pool.run(function, [1], retries=2)
    assert list(outcomes.failures) == [0] and outcomes.failures[0].endswith(".")
    assert (tmp_path / "calls").read_text() == "x" * calls


def stay_out() -> str | None:
    return "it is of another kind."


@pytest.mark.slow
def test_a_worker_that_must_not_take_part_stops_the_run():
    with engine.Pool(1, entry=stay_out) as pool, pytest.raises(InputError, match=r"Worker .*: it is of another kind\."):
        pool.run(abs, [1, 2])


# ---------------------------------------------------------------------------------------------- who may take part


@pytest.fixture
def introduction(hamlet: Hamlet) -> Iterator[Entry]:
    from pvmap import config

    hamlet.processed.mkdir(parents=True)
    with entry(config.load(hamlet.file), hamlet.raw, hamlet.processed) as one:
        yield one


@pytest.fixture
def hamlet(tmp_path: Path) -> Hamlet:
    town = Hamlet(tmp_path)
    town.say(CITY + "\n[run]\nsites_per_tile = 1\n")
    town.processed = tmp_path / "data" / "processed" / "hamlet"  # type: ignore[attr-defined]
    return town


def changed(one: Entry, **fields: object) -> Entry:
    import dataclasses

    return dataclasses.replace(one, **fields)  # type: ignore[arg-type]


def test_who_sees_the_same_may_take_part(introduction: Entry):
    assert introduction() is None


def test_other_code_names_both_versions(introduction: Entry):
    told = changed(introduction, version="9.9.9", code="0000")()
    assert told is not None and pvmap.__version__ in told and "9.9.9 (code 0000)" in told


def test_other_libraries_are_named_with_both_versions(introduction: Entry):
    other = tuple((name, "0.1" if name == "numba" else version) for name, version in introduction.libraries)
    told = changed(introduction, libraries=other)()
    assert told is not None and "numba" in told and "instead of 0.1" in told and "numpy" not in told


@pytest.mark.parametrize("how", ["absent", "empty", "copied"])
def test_another_disk_is_named(introduction: Entry, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pvmap.stages.entry.WAIT_SECONDS", 0.0)  # no file of this disk shows late
    folder = tmp_path / "elsewhere" / "hamlet"
    if how == "copied":
        shutil.copytree(introduction.token.parent, folder)
        (folder / introduction.token.name).write_text("of an earlier run", encoding="utf-8")
    elif how == "empty":
        folder.mkdir(parents=True)
    told = changed(introduction, token=folder / introduction.token.name)()
    assert told is not None and str(folder) in told and "same disk" in told


def test_other_inputs_are_named_but_a_copy_is_not(introduction: Entry, hamlet: Hamlet):
    os.utime(hamlet.raw / "buildings.geojson", (1, 1))
    assert introduction() is None
    hamlet.put("buildings.geojson", footprints(3))
    told = introduction()
    assert told is not None and "buildings.geojson" in told


def test_the_token_goes_with_the_run(hamlet: Hamlet):
    from pvmap import config

    hamlet.processed.mkdir(parents=True)
    with entry(config.load(hamlet.file), hamlet.raw, hamlet.processed) as one:
        assert one.token.exists()
    assert list(hamlet.processed.iterdir()) == []


# ------------------------------------------------------------------------------------------- processes of their own


class Started:
    """A `pvmap map` in a process group of its own."""

    def __init__(self, hamlet: Hamlet, *more: object, before: Sequence[str] = ()):
        arguments = [*before, sys.executable, "-m", "pvmap", "map", hamlet.file, "--root", hamlet.root, *more]
        plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "300"}
        self.out, self.err = hamlet.root / "out", hamlet.root / "err"
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                list(map(str, arguments)), stdout=out, stderr=err, env={**os.environ, **plain}, start_new_session=True
            )

    def ended(self) -> Said:
        try:
            code = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            pytest.fail(f"the run hangs: {self.out.read_text()}{self.err.read_text()}")
        return Said(code, self.out.read_text(encoding="utf-8"), self.err.read_text(encoding="utf-8"))

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def workers(self) -> list[psutil.Process]:
        return [child for child in self.children() if self._is_worker(child)]

    def _is_worker(self, child: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):  # some end as soon as they have told what a library asked them
            told = " ".join(child.cmdline())
            return "spawn_main" in told or ("forkserver" in told and child.ppid() != self.process.pid)
        return False


@contextlib.contextmanager
def cluster(folder: Path, *workers: dict, options: tuple = ()) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Run a scheduler and workers, each with an environment of its own; give the address and all processes."""
    contact = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:

        def start(*arguments: object, log: str) -> subprocess.Popen:
            return stack.enter_context(own_process(*arguments, log=folder / log))

        main = start(
            "distributed.cli.dask_scheduler", *LOOPBACK, *options, "--scheduler-file", contact, log="scheduler.log"
        )
        address = address_in(contact, main)
        processes = [main]
        for number, environment in enumerate(workers):
            with pytest.MonkeyPatch.context() as patch:
                for key, value in environment.items():
                    patch.setenv(key, value)
                place = ("--local-directory", folder, "--no-nanny", *options)
                log = folder / f"worker{number}.log"
                one = start("distributed.cli.dask_worker", address, *WORKER, *place, log=log.name)
            until(one, lambda log=log: "Registered to" in log.read_text(), "worker")
            processes.append(one)
        yield address, processes


def until_done(run: Started, ready: Callable[[], object], what: str) -> None:
    until(run.process, ready, what)


@pytest.mark.slow
def test_a_worker_killed_at_birth_is_replaced(hamlet: Hamlet):
    run = Started(hamlet, "--workers", 1)
    until_done(run, run.workers, "worker")
    run.workers()[0].kill()
    said = run.ended()
    assert said.code == 0 and not said.err, said


@pytest.mark.slow
@pytest.mark.parametrize("everybody", [True, False], ids=["terminal", "process"])
def test_ctrl_c_is_one_line_and_leaves_nobody(hamlet: Hamlet, everybody: bool):
    run = Started(hamlet, "--workers", 2)
    until_done(run, lambda: len(run.workers()) == 2 and (hamlet.processed / "run.lock").exists(), "workers")
    children = run.children()
    (os.killpg if everybody else os.kill)(run.process.pid, signal.SIGINT)
    said = run.ended()
    assert said.code == 130
    assert said.err == "pvmap: stopped; what is finished is kept: run again to resume.\n"
    psutil.wait_procs(children, timeout=PATIENCE_SECONDS)
    assert not [child for child in children if child.is_running()]
    assert not (hamlet.processed / "run.lock").exists()
    assert not list(hamlet.processed.rglob(".*.part"))


@pytest.mark.slow
def test_two_runs_at_once_do_not_mix(hamlet: Hamlet):
    first = Started(hamlet, "--workers", 0)
    until_done(first, (hamlet.processed / "run.lock").exists, "lock")
    first.process.send_signal(signal.SIGSTOP)  # so that it holds the folder until the second one has been answered
    second = Hamlet.__new__(Hamlet)
    second.root, second.file = hamlet.root / "second", hamlet.file
    second.root.mkdir()
    arguments = ("--root", hamlet.root, "--workers", 0)
    said = Started(second, *arguments).ended()
    first.process.send_signal(signal.SIGCONT)
    one_sentence(said, "in use by `pvmap map hamlet`", str(first.process.pid))
    assert first.ended().code == 0


@pytest.mark.slow
def test_settings_of_dask_that_cannot_be_are_one_sentence(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "soon")
    one_sentence(Started(hamlet, "--workers", 1).ended(), "No workers start here", "soon", "--workers 0")
    monkeypatch.setenv("DASK_CONFIG", str(hamlet.root))
    (hamlet.root / "own.yaml").write_text("a: [b")
    one_sentence(Started(hamlet, "--workers", 0).ended(), "Dask's own settings", "own.yaml", "is malformed")


@pytest.mark.slow
@pytest.mark.parametrize("what", ["mute", "http", "closed at once"])
def test_an_address_where_something_else_listens_is_one_sentence(hamlet: Hamlet, what: str):
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            held = []
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    if what == "http":
                        caller.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>")
                    if what == "mute":
                        held.append(caller)
                    else:
                        caller.close()

        threading.Thread(target=answer, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        one_sentence(Started(hamlet, "--scheduler", address).ended(), address, "no Dask scheduler answers there")


def another_version(package: Path) -> str:
    init = package / "__init__.py"
    init.write_text(init.read_text().replace(f'"{pvmap.__version__}"', '"0.0.9"'))
    return "0.0.9"


def another_set_of_words(package: Path) -> str:
    """What a public set is known by is no Python, and numbers come of it all the same."""
    preset = package / "settings" / "presets" / "osm.toml"
    preset.write_text(preset.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    return "same version"


def another_library(package: Path) -> str:
    told = package.parent / "numba-0.1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: numba\nVersion: 0.1\n")
    return "numba 0.1 instead of"


@pytest.mark.slow
@pytest.mark.parametrize("change", [another_version, another_set_of_words, another_library])
def test_a_worker_that_computes_otherwise_is_refused_by_name(hamlet: Hamlet, tmp_path: Path, change: Any):
    other = tmp_path / "other"
    shutil.copytree(Path(pvmap.__file__).parent, other / "pvmap", ignore=shutil.ignore_patterns("__pycache__"))
    words = change(other / "pvmap")
    tests = str(Path(__file__).parent)
    elsewhere = {"PYTHONPATH": os.pathsep.join([str(other), tests]), "PYTHONSAFEPATH": "1"}
    with cluster(tmp_path, elsewhere) as (address, _):
        said = Started(hamlet, "--scheduler", address).ended()
    one_sentence(said, words, "install the same version")
    assert not (hamlet.processed / "appraisal.parquet").exists()


@pytest.mark.slow
@pytest.mark.parametrize("which", ["scheduler", "silent scheduler", "workers"])
def test_a_cluster_that_goes_away_is_one_sentence_and_the_rest_is_kept(hamlet: Hamlet, tmp_path: Path, which: str):
    hamlet.put("buildings.geojson", footprints(40))
    with cluster(tmp_path, {}) as (address, (scheduler, worker)):
        run = Started(hamlet, "--scheduler", address)
        until_done(run, lambda: list(hamlet.processed.glob("parts/*/done.json")), "first tile")
        if which == "silent scheduler":
            scheduler.send_signal(signal.SIGSTOP)
        else:
            (scheduler if which == "scheduler" else worker).kill()
        begin = time.monotonic()
        said = run.ended()
        waited = time.monotonic() - begin
        scheduler.send_signal(signal.SIGCONT)
    one_sentence(said, address, "run again to resume")
    assert waited < PATIENCE_SECONDS
    done = len(list(hamlet.processed.glob("parts/*/done.json")))
    assert 0 < done < 40
    assert not (hamlet.processed / "run.lock").exists()


# ------------------------------------------------------------------------------------------------------------ TLS


def certificate(folder: Path) -> dict[str, str]:
    """Make a key and a certificate that signs itself, and the environment by which Dask uses them."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    plain = serialization.NoEncryption()
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(text)
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    files = {"CA_FILE": "cert.pem"}
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        files |= {f"{who}__CERT": "cert.pem", f"{who}__KEY": "key.pem"}
    return {f"{prefix}{key}": str(folder / file) for key, file in files.items()}


@pytest.mark.slow
def test_tls_keeps_strangers_out_and_lets_our_own_in(hamlet: Hamlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ours, others = certificate(tmp_path / "ours"), certificate(tmp_path / "others")
    for key, value in ours.items():
        monkeypatch.setenv(key, value)
    with cluster(tmp_path, {}, options=("--protocol", "tls")) as (address, _):
        assert address.startswith("tls://")
        for key, value in others.items():
            monkeypatch.setenv(key, value)
        one_sentence(Started(hamlet, "--scheduler", address).ended(), address, "no Dask scheduler answers there")
        for key in others:
            monkeypatch.delenv(key)
        one_sentence(Started(hamlet, "--scheduler", address).ended(), address, "no Dask scheduler answers there")
        for key, value in ours.items():
            monkeypatch.setenv(key, value)
        said = Started(hamlet, "--scheduler", address).ended()
    assert said.code == 0 and not said.err, said
