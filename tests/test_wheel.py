"""A wheel is whole: every data file is in it, and the demo runs from it in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from city import PIPELINES, REPOSITORY

from pvmap import __version__

pytestmark = pytest.mark.slow  # builds a wheel and runs the whole demo


def done(*command: object, **how: object) -> str:
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, encoding="utf-8", check=False, **how)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, REPOSITORY)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith(f"pvmap-{__version__}")}
    package = REPOSITORY / "pvmap"
    files = {path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    wanted = {f"pvmap/{path.relative_to(package).as_posix()}" for path in files}
    assert inside == wanted | {f"pvmap/pipelines/{path.name}" for path in PIPELINES.iterdir()}


def test_the_demo_runs_from_the_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path):
    venv.create(tmp_path / "fresh", with_pip=False)
    scripts = tmp_path / "fresh" / ("Scripts" if os.name == "nt" else "bin")
    done(sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet", "--no-deps", wheel)
    # The libraries are those of this environment: a path without its .pth files, so no pvmap but the wheel's is there.
    fresh = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib"), "NO_COLOR": "1", "COLUMNS": "200"}
    here = tmp_path / "empty"
    here.mkdir()
    where = "import pvmap; print(pvmap.__file__)"
    assert Path(done(scripts / "python", "-c", where, cwd=here, env=fresh)).is_relative_to(tmp_path / "fresh")
    assert done(scripts / "pvmap", "--version", cwd=here, env=fresh).strip() == __version__
    told = done(scripts / "pvmap", "map", "demo", cwd=here, env=fresh)
    assert "Technical potential" in told
    assert {path.name for path in here.iterdir()} == {"data", "maps"}
    page = (here / "maps" / "demo" / "index.html").read_text(encoding="utf-8")
    assert "pvmapTile(" in page and (here / "data" / "processed" / "demo" / "run.json").exists()
