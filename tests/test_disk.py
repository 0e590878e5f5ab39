"""What is written takes nobody's place, and only our own leftovers go."""

from __future__ import annotations

from pathlib import Path

from pvmap.disk import aside, sweep


def test_only_leftovers_of_our_own_go(tmp_path: Path):
    ours = [aside(tmp_path / name) for name in ("sites.parquet", "tiles", "早.json")]
    theirs = [tmp_path / name for name in (".film.part", "film.part", ".part", ".a.0123456789ab.part.txt")]
    for path in (*ours, *theirs):
        path.touch()
    (tmp_path / "below").mkdir()
    deep = aside(tmp_path / "below" / "run.json")
    deep.mkdir()
    (deep / "file").touch()
    sweep(tmp_path)
    assert sorted(tmp_path.rglob("*")) == sorted([*theirs, tmp_path / "below"])
