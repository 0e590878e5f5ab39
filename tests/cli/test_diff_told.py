"""What `pvmap diff` prints fits a terminal of 80 columns, in English and Chinese, numbers whole."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from city import Run, copy, demo_file
from rich.cells import cell_len
from rich.console import Console

import pvmap
from pvmap import pipeline, store
from pvmap.cli import runs, terminal, words
from pvmap.errors import ConfigError, InputError
from pvmap.stages import history


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    shown = io.StringIO()
    monkeypatch.setattr(terminal, "screen", Console(file=shown, width=80))
    return shown


@pytest.fixture(scope="module")
def pair(small_city: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The city as it was run, and a run a tenth sunnier that lacks the first site."""
    root = copy(small_city, tmp_path_factory.mktemp("pair"))
    processed = root / "data" / "processed" / "demo"
    kept = history.keep(processed, "v1.before")
    appraisal = store.read_table(processed, "appraisal").iloc[1:]
    store.write_table(processed, "appraisal", appraisal.assign(energy_kwh=appraisal["energy_kwh"] * 1.1))
    about = store.read_json(processed / "run.json")
    del about["check"], about["tables"]  # as of a version that did not vouch for its files
    about["settings"]["weather"]["largest_gap_hours"] = 99
    store.write_json(processed / "run.json", about)
    return kept, processed


def test_the_tables_fit_80_columns(pair: tuple[Path, Path], screen: io.StringIO):
    runs.diff(*pair)
    lines = screen.getvalue().splitlines()
    tables = [line for line in lines if re.search(r"\d\.\d", line) and not line.startswith(("Setting", "Level"))]
    assert len(tables) > 6 and all(cell_len(line.rstrip()) <= 80 for line in lines if not line.startswith("Setting"))
    before = store.read_table(pair[0], "appraisal")
    gwh = before["energy_kwh"].sum() / 1e6
    after = store.read_table(pair[1], "appraisal")["energy_kwh"].sum() / 1e6
    assert any(f"{gwh:,.1f}" in line and f"{after:,.1f}" in line and f"{after - gwh:+,.1f}" in line for line in tables)
    assert "…" not in screen.getvalue()
    for heading in ("MWp", "GWh", "before", "after", "difference", "new", "gone", "changed"):
        assert heading in screen.getvalue()


def test_it_is_said_in_chinese_to_whoever_reads_chinese(pair: tuple[Path, Path], screen: io.StringIO, chinese: None):
    runs.diff(*pair)
    told = screen.getvalue()
    assert all(
        one in told
        for one in ("全市", "分区县", "之前", "之后", "差额", "新增", "消失", "变化", "废弃矿山", "元/千瓦时")
    )
    assert all(cell_len(line.rstrip()) <= 80 for line in told.splitlines() if not line.startswith("Setting"))


@pytest.mark.parametrize(
    ("environment", "answer"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
    ],
)
def test_the_locale_decides(environment: dict[str, str], answer: bool, monkeypatch: pytest.MonkeyPatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    words.speaks_chinese.cache_clear()
    assert words.speaks_chinese() is answer
    words.speaks_chinese.cache_clear()


def test_a_kept_run_stays_what_it_was(small_city: Run, tmp_path: Path):
    root = copy(small_city, tmp_path)
    job = pipeline.open_city(str(root / "demo.toml"), root)
    pipeline.make_map(job, workers=0, keep="first")
    kept = job.folders.processed / history.KEPT / "first"
    same = pvmap.open_run(kept)
    assert same.about["created"] == small_city.record["created"]
    assert same.appraisal.equals(small_city.table("appraisal"))
    assert pipeline.compare(kept, job.folders.processed).sites.empty
    (job.folders.processed / "appraisal.parquet").unlink()  # a name goes, what was kept stays
    assert len(pvmap.open_run(kept).table("appraisal")) == len(same.appraisal)


@pytest.mark.parametrize("name", ["", "..", "a/b", ".x", "con", "COM1.old", "LPT³", "x" * 300, "a b"])
def test_names_no_folder_can_have_are_refused(name: str, tmp_path: Path):
    with pytest.raises(ConfigError, match="kept as"):
        history.kept_place(tmp_path, name)


@pytest.mark.parametrize(("name", "told"), [("../x", "kept as"), ("first", "no finished run to keep")])
def test_what_cannot_be_kept_is_told_before_a_synthetic_city_is_made(name: str, told: str, tmp_path: Path):
    job = pipeline.open_city(str(demo_file(tmp_path / "demo.toml")), tmp_path)
    with pytest.raises((ConfigError, InputError), match=told):
        pipeline.make_map(job, workers=0, keep=name)
    assert [one.name for one in tmp_path.rglob("*") if one.is_file()] == ["demo.toml"]


def test_nothing_is_kept_over_another_or_out_of_nothing(pair: tuple[Path, Path], tmp_path: Path):
    with pytest.raises(ConfigError, match="there already"):
        history.keep(pair[1], "v1.before")
    with pytest.raises(InputError, match="no finished run to keep"):
        history.keep(tmp_path, "x")
    assert list(tmp_path.iterdir()) == []


def test_sites_that_are_named_by_their_row_are_told(small_city: Run, tmp_path: Path, screen: io.StringIO):
    processed = copy(small_city, tmp_path) / "data" / "processed" / "demo"
    kept = history.keep(processed, "v1.before")
    appraisal = store.read_table(processed, "appraisal")
    first = appraisal["site_id"].iloc[0]
    store.write_table(processed, "appraisal", appraisal.replace({"site_id": {first: "rooftop-2-row17.1"}}))
    about = store.read_json(processed / "run.json")
    del about["check"], about["tables"]
    store.write_json(processed / "run.json", about)
    runs.diff(kept, processed)
    assert "1 of them are named by their row" in " ".join(screen.getvalue().split())
