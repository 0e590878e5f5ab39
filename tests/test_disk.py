"""What is written takes nobody's place, and only our own leftovers go."""

from __future__ import annotations

from pathlib import Path

from pvmap.disk import aside, remove, sweep, write_atomically


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


def test_a_folder_makes_room_and_keeps_what_it_holds(tmp_path: Path):
    for name in ("removed.json", "written.json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text(name, encoding="utf-8")
    remove(tmp_path / "removed.json")
    write_atomically(tmp_path / "written.json", lambda path: path.write_text("{}", encoding="utf-8"))
    assert not (tmp_path / "removed.json").exists()
    assert (tmp_path / "written.json").read_text(encoding="utf-8") == "{}"
    assert {p.read_text(encoding="utf-8") for p in tmp_path.rglob("notes.txt")} == {"removed.json", "written.json"}
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "elsewhere")
    remove(tmp_path / "link.json")
    assert sorted(p.suffix for p in tmp_path.iterdir() if p.name.startswith(("link", "else"))) == [""]
