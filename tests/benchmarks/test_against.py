"""What ``against.py`` compares is the code of the commit that was named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from against import REPOSITORY, check_out, make_town

from pvmap.config import Settings

pytestmark = pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="the code lies in no git repository")


def test_a_commit_is_checked_out_whole_and_once(tmp_path: Path) -> None:
    folder = check_out("HEAD", tmp_path)
    told = subprocess.run(["git", "ls-tree", "-r", "HEAD", "pvmap"], cwd=REPOSITORY, capture_output=True, check=True)
    files = dict(line.split()[2:4][::-1] for line in told.stdout.decode().splitlines() if line)
    assert len(files) > 300
    hashed = subprocess.run(
        ["git", "hash-object", "--no-filters", *files], cwd=folder, capture_output=True, text=True, check=True
    )
    assert hashed.stdout.split() == list(files.values())
    assert check_out("HEAD", tmp_path) == folder and list(tmp_path.iterdir()) == [folder]


def test_a_commit_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"(?i)needed a single revision|unknown revision"):
        check_out("no-such-commit", tmp_path)
    assert not list(tmp_path.iterdir())


def test_both_sides_get_the_same_town(tmp_path: Path) -> None:
    settings = Settings.model_validate(make_town(tmp_path, 500))
    assert settings.demo is None and settings.certainty.effort == "off" and len(settings.masks) == 5
    assert (tmp_path / settings.inputs.buildings[0].path).exists()
