"""Files that may not be read, or that their disk does not give, are one sentence."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path

import pytest
from test_bad_input import CITY, Hamlet, Said, one_sentence

from pvmap import cli, pipeline
from pvmap.errors import InputError
from pvmap.opening import encoding_of, read_bytes, regular, shape_fault
from pvmap.sources.companions import raster_files, vector_files
from pvmap.stages import stamp

WORN = Path("/proc/self/mem")  # a regular file that gives an input/output error where it is read
needs_worn = pytest.mark.skipif(not WORN.exists(), reason="no /proc here")


@needs_worn
@pytest.mark.parametrize("read", [regular, read_bytes, encoding_of, stamp.file_hash])
def test_a_disk_that_gives_nothing_is_told(tmp_path: Path, read):
    (tmp_path / "a.csv").symlink_to(WORN)
    with pytest.raises(InputError, match=r"a\.csv cannot be read: Input/output error; see to its permissions"):
        read(tmp_path / "a.csv")


@needs_worn
@pytest.mark.parametrize(
    "name", ["b.dbf", "b.prj", "b.cpg", "b.gpkg-wal", "b.gfs", "b.tfw", "b.tif.aux.xml", "b.tif.ovr"]
)
def test_companions_that_cannot_be_read_are_told(tmp_path: Path, name: str):
    for one in ("b.shp", "b.tif"):
        (tmp_path / one).write_bytes(b"x")
    (tmp_path / name).symlink_to(WORN)
    with pytest.raises(InputError, match=f"{name} cannot be read"):
        vector_files(tmp_path / "b.shp")
        raster_files(tmp_path / "b.tif", tmp_path)


@needs_worn
@pytest.mark.parametrize("name", ["buildings.geojson", "weather.csv"])
def test_commands_say_so(tmp_path: Path, name: str):
    hamlet = Hamlet(tmp_path)
    hamlet.say(CITY)
    hamlet.raw.joinpath(name).unlink()
    hamlet.raw.joinpath(name).symlink_to(WORN)
    job = pipeline.open_city(str(hamlet.file), tmp_path)
    for command in (pipeline.check_city, pipeline.make_map):
        with pytest.raises(InputError, match=rf"{name} cannot be read: .*\."):
            command(job)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="who may read everything")
def test_a_file_of_somebody_elses_is_told(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("a", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied; see to its permissions"):
        regular(path)


@pytest.mark.parametrize("name", ["㐀𠮷", "𠮷村", "张𠮷", "𬭚厂3号", "2𠮷"])
def test_rare_letters_of_gb18030_count_as_chinese(tmp_path: Path, name: str):
    (tmp_path / "a.csv").write_bytes(f"id,nm\n1,{name}\n".encode("gb18030"))
    assert encoding_of(tmp_path / "a.csv") == "gb18030"


@pytest.mark.parametrize("name", ["Zürich, Göteborg, São Paulo", "é1è2à3", "Malmö 2 Växjö 4"])
def test_letters_of_the_west_are_no_chinese(tmp_path: Path, name: str):
    (tmp_path / "a.csv").write_bytes(f"id,nm\n1,{name}\n".encode("latin-1"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        encoding_of(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "no memory left"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "no memory left"),
        (OSError(errno.EMFILE, "Too many open files"), "(Too many open files); raise its limits"),
        (OSError(errno.EAGAIN, "Resource temporarily unavailable"), "raise its limits"),
        (RuntimeError("can't start new thread"), "raise its limits"),
    ],
    ids=repr,
)
def test_what_the_system_gives_no_more_of_is_one_sentence(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    """Raised by hand: where memory is short, libraries may end the process before anybody can say so."""

    def raised(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "open_city", raised)
    monkeypatch.setattr(sys, "argv", ["pvmap", "check", "x"])
    with pytest.raises(SystemExit) as end:
        cli.run()
    one_sentence(Said(int(end.value.code or 0), *capsys.readouterr()), words)


def test_python_s_own_kinds_are_not_told():
    for raised, told in ((lambda: "a" - 1, "a value is not of the kind"), (lambda: {}["Gb(n)"], "'Gb.n.' is missing")):
        with pytest.raises((TypeError, KeyError)) as error:
            raised()
        assert re.match(told, shape_fault(error.value))


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("use\n学校\n", "gbk", "gb18030"),  # its bytes are letters of UTF-8, too
        ("use\n学校\n12路\n", "gbk", "gb18030"),
        ("use\n学校\n", "utf-8", "utf-8"),
        ("name\nHöfe\ncafé\nŁódź\n", "utf-8", "utf-8"),
        ("name\nМосква\nАвсю\n", "utf-8", "utf-8"),
        ("name\nغرب\n", "utf-8", "utf-8"),
        ("name\nếế\n", "utf-8", "utf-8"),
    ],
)
def test_a_few_chinese_words_in_gbk_are_not_taken_for_utf8(tmp_path: Path, text: str, written: str, read: str):
    (tmp_path / "a.csv").write_bytes(text.encode(written))
    assert encoding_of(tmp_path / "a.csv") == read


@pytest.mark.parametrize("header", ["d.hdr", "d.dat.hdr", "D.DAT.HDR"])
def test_a_header_belongs_to_its_raster_wherever_its_name_stands(tmp_path: Path, header: str):
    for one in ("d.dat", header, "d.other.hdr"):
        (tmp_path / one).write_bytes(b"x")
    assert {one.name for one in raster_files(tmp_path / "d.dat", tmp_path)} == {"d.dat", header}
