"""What only Windows would find: modules it has not, paths and names it writes otherwise, files that readers hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

import pvmap
from pvmap import config, disk, store
from pvmap.errors import ConfigError, InputError
from pvmap.stages import stamp

UNIX_ONLY = ("resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix_spawn", "spwd", "crypt")
IMPORT_ALL = """
import builtins, importlib, pkgutil
import pvmap
real = builtins.__import__
def guarded(name, globals=None, *rest, **more):
    ours = str((globals or {{}}).get("__name__", "")).startswith("pvmap")
    if ours and name.split(".")[0] in {blocked!r}:
        raise ImportError(f"{{globals['__name__']}} imports {{name}}, which only Unix has")
    return real(name, globals, *rest, **more)
builtins.__import__ = guarded
names = [m.name for m in pkgutil.walk_packages(pvmap.__path__, "pvmap.") if m.name != "pvmap.__main__"]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
CHECK = """
import sys
sys.modules.update(dict.fromkeys({blocked!r}))
sys.argv = ["pvmap", "check", {city!r}, "--root", {root!r}]
from pvmap.cli import run
run()
"""
CITY = """
city = { name = "x", title_zh = "试验", title_en = "Trial", crs = "EPSG:4549" }
[[inputs.buildings]]
path = "b.csv"
crs = "EPSG:4549"
[[weather.points]]
format = "typical"
"""


def python(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_no_module_of_ours_imports_what_only_unix_has():
    told = python(IMPORT_ALL.format(blocked=UNIX_ONLY))
    assert told.returncode == 0, told.stderr
    modules = [p for p in Path(pvmap.__file__).parent.rglob("*.py") if p.name not in ("__main__.py", "__init__.py")]
    assert int(told.stdout) >= len(modules)


def test_check_runs_where_these_modules_do_not_exist(tmp_path):
    raw = tmp_path / "data" / "raw" / "x"
    raw.mkdir(parents=True)
    square = "POLYGON ((530000 3560000, 530040 3560000, 530040 3560040, 530000 3560040, 530000 3560000))"
    (raw / "b.csv").write_text(f'wkt\n"{square}"\n', encoding="utf-8")
    city = tmp_path / "x.toml"
    city.write_text(CITY, encoding="utf-8")
    told = python(CHECK.format(blocked=UNIX_ONLY, city=str(city), root=str(tmp_path)))
    assert "Traceback" not in told.stderr
    assert "rooftop: 1 rows read" in told.stdout, told.stderr


def held_by_a_reader(monkeypatch: pytest.MonkeyPatch, times: int) -> list[float]:
    """Let the next `times` replacements fail as they do on Windows; return the pauses that are taken."""
    real, pauses = disk.os.replace, []

    def replace(fresh: Path, path: Path) -> None:
        if len(pauses) < times:
            raise PermissionError(13, "The process cannot access the file because it is being used")
        real(fresh, path)

    monkeypatch.setattr(disk.os, "replace", replace)
    monkeypatch.setattr(disk.time, "sleep", pauses.append)
    return pauses


def test_a_file_that_a_reader_lets_go_is_replaced(tmp_path, monkeypatch):
    (tmp_path / "run.json").write_text("old", encoding="utf-8")
    pauses = held_by_a_reader(monkeypatch, 3)
    store.write_text(tmp_path / "run.json", "new")
    assert len(pauses) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert (tmp_path / "run.json").read_text(encoding="utf-8") == "new"


def test_a_file_that_stays_held_is_left_whole_and_named(tmp_path, monkeypatch):
    (tmp_path / "run.json").write_text("old", encoding="utf-8")
    held_by_a_reader(monkeypatch, 10**6)
    with pytest.raises(InputError, match=r"run\.json cannot be written: .*being used"):
        store.write_text(tmp_path / "run.json", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert (tmp_path / "run.json").read_text(encoding="utf-8") == "old"


def told_about(key: str, value: str, tmp_path: Path) -> str:
    """What the city file of the test is refused for, with one value exchanged; empty where it is taken."""
    text = CITY.replace('name = "x"', f"name = {value}") if key == "name" else CITY.replace('"b.csv"', value)
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    try:
        config.load(tmp_path / "x.toml")
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9", "x" * 300, "a.", "a ", "a:b", "A"])
def test_a_city_is_not_called_what_no_folder_can_be_called(tmp_path, name):
    assert "city.name" in told_about("name", f'"{name}"', tmp_path)


def test_inputs_are_named_alike_on_every_system():
    raw = PureWindowsPath(r"D:\data\raw\x")
    assert stamp.name_below(raw / "below" / "b.csv", raw) == "below/b.csv"
    assert stamp.name_below(PureWindowsPath(r"E:\b.csv"), raw) == r"E:\b.csv"


@pytest.mark.skipif(sys.platform == "win32", reason="drives and shares are there")
@pytest.mark.parametrize("path", [r"D:\data\b.csv", "d:/data/b.csv", r"\\server\share\b.csv", "D:b.csv"])
def test_drives_and_shares_are_named_where_there_are_none(tmp_path, path):
    told = told_about("path", f"'{path}'", tmp_path)
    assert "a drive or a share of Windows" in told and "inputs.buildings.0.path" in told


@pytest.mark.parametrize(
    "path",
    ["/vsicurl/http://127.0.0.1/b.tif", "/VSIzip/b.zip", r"\vsimem\b", "http://x/b.csv", "PG:host=x", "s3://b/k"],
)
def test_addresses_and_paths_of_gdals_own_are_refused(tmp_path, path):
    assert "inputs.buildings.0.path" in told_about("path", f"'{path}'", tmp_path)


def test_backslashes_of_another_system_lead_to_the_file(tmp_path):
    assert not told_about("path", r"'below\deeper\b.csv'", tmp_path)
    settings = config.load(tmp_path / "x.toml")
    assert Path("/raw", settings.inputs.buildings[0].path) == Path("/raw/below/deeper/b.csv")
