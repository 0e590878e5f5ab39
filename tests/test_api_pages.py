"""The pages of the Python interface build without internet, hold what they should and fetch nothing when read."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from city import REPOSITORY

import pvmap

pytestmark = pytest.mark.slow  # loads the whole program


def test_pages_build_and_need_nothing_from_elsewhere(tmp_path: Path):
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    modules = re.search(r"^API := (.*)$", makefile, re.MULTILINE)[1].split()  # type: ignore[index]
    shut = ["unshare", "--net", "--map-root-user"] if sys.platform == "linux" else []
    command = [*shut, sys.executable, "-m", "pdoc", "--docformat", "numpy", "--output-directory", tmp_path, *modules]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "does not resolve" not in done.stderr, done.stderr
    for name in modules:
        page = (tmp_path / f"{name.replace('.', '/')}.html").read_text(encoding="utf-8")
        assert not re.search(r"<(script|img|link|iframe)[^>]*(src|href)=[\"']?https?:", page), name
    told = (tmp_path / "pvmap" / "run.html").read_text(encoding="utf-8")
    public = {name for name in vars(pvmap.Run) if not name.startswith("_")} | {"open_run", "run_city"}
    assert len(public) > 6 and all(name in told for name in public)
