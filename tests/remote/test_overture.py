"""Overture: the window's rows, no more of a file than they need, and every way in which the store can fail."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from loopback import Reply, Server, door_to
from overture_store import RELEASE, bases, part, publish

from pvmap.errors import FetchError
from pvmap.sources.remote.overture import OVERTURE, give
from pvmap.sources.remote.provider import Window, Wish

WORLD = (-180.0, -90.0, 180.0, 90.0)
HERE = Window(11.0, 57.0, 11.1, 57.1)


def wish(server: Server, tmp_path: Path, layer: str = "buildings", **more: object) -> Wish:
    return Wish(layer, HERE, tmp_path / f"{layer}.parquet", door_to(server), bases(server), **more)  # type: ignore[arg-type]


def house(x: float, y: float, **more: object) -> dict:
    return {"box": (x, y, x + 0.0002, y + 0.0002), **more}


def test_rows_of_the_window_become_one_geoparquet(server: Server, tmp_path: Path) -> None:
    rows = [
        house(11.05, 57.05, id="in", height=7.5, num_floors=2, subtype="commercial", name="Kiosk"),
        house(10.9999, 57.05, id="across the west edge", **{"class": "house"}, subtype="residential"),
        house(12.0, 57.05, id="out"),
        house(11.05, 57.06, id="cellar", is_underground=True),
        house(11.06, 57.06, id="ml", dataset="Microsoft ML Buildings"),
    ]
    publish(server, {"building": [(WORLD, part(rows))]})
    given = give(wish(server, tmp_path))
    frame = gpd.read_parquet(tmp_path / "buildings.parquet").set_index("id")
    assert list(frame.index) == ["in", "across the west edge", "ml"]
    assert frame.crs.equals("OGC:CRS84")
    assert frame.loc["in", ["height", "floors", "use", "name"]].tolist() == ["7.5", "2", "commercial", "Kiosk"]
    assert frame.loc["across the west edge", "use"] == "house"  # the class before the subtype
    assert (given.rows, given.release, given.also) == (3, RELEASE, ("Microsoft",))
    assert [path.name for path in tmp_path.iterdir()] == ["buildings.parquet"]


def test_only_row_groups_and_parts_that_meet_the_window_are_asked_for(server: Server, tmp_path: Path) -> None:
    rows = [house(x, 57.05, id=f"{x}", name="x" * 50) for x in np.linspace(0.0, 20.0, 20_001)]
    far = part([house(100.0, 0.0)])
    content = part(rows, group=200)
    publish(server, {"building": [((0.0, 57.0, 20.1, 57.1), content), ((100.0, 0.0, 101.0, 1.0), far)]})
    given = give(wish(server, tmp_path))
    assert given.rows == 101
    sent = sum(_length(ask.headers["Range"], len(content)) for ask in server.asked if "Range" in ask.headers)
    assert sent < 0.7 * len(content)
    assert not any("part-00001" in path for path in server.paths())


def _length(asked: str, size: int) -> int:
    first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", asked).groups()  # type: ignore[union-attr]
    return min(int(last), size - 1) - int(first) + 1


@pytest.mark.parametrize(
    ("layer", "collection", "kept"),
    [
        ("water", "water", {"a", "b", "c", "d", "e"}),
        ("land_use", "land_use", {"a", "b", "d", "e"}),
        ("protected", "land_use", {"c"}),
        ("power", "infrastructure", {"e"}),
        ("roads", "segment", {"f"}),
    ],
)
def test_each_layer_takes_its_classes(
    server: Server, tmp_path: Path, layer: str, collection: str, kept: set[str]
) -> None:
    rows = [
        house(11.05, 57.05, id="a", subtype="pond", **{"class": "fishpond"}),
        house(11.05, 57.05, id="b", subtype="resource_extraction", **{"class": "quarry"}),
        house(11.05, 57.05, id="c", subtype="protected", **{"class": "nature_reserve"}),
        house(11.05, 57.05, id="d", subtype="power", **{"class": "power_pole"}),
        house(11.05, 57.05, id="e", subtype="power", tags={"voltage": "220000"}, **{"class": "substation"}),
    ]
    roads = [
        house(11.05, 57.05, id="f", subtype="road", **{"class": "trunk"}),
        house(11.05, 57.05, id="g", subtype="road", **{"class": "residential"}),
        house(11.05, 57.05, id="h", subtype="rail", **{"class": "trunk"}),
    ]
    publish(server, {collection: [(WORLD, part(roads if layer == "roads" else rows))]})
    give(wish(server, tmp_path, layer))
    frame = gpd.read_parquet(tmp_path / f"{layer}.parquet")
    assert set(frame["id"]) == kept
    if layer == "power":
        assert frame["voltage"].tolist() == ["220000"]


def test_a_release_without_a_column_or_with_heights_as_text(server: Server, tmp_path: Path) -> None:
    content = part([house(11.05, 57.05, height="12 m")], drop=("num_floors", "sources"), numbers=pa.string())
    publish(server, {"building": [(WORLD, content)]})
    give(wish(server, tmp_path))
    frame = gpd.read_parquet(tmp_path / "buildings.parquet")
    assert frame["height"].tolist() == ["12 m"] and frame["floors"].isna().all()


def test_nothing_in_the_window_is_a_gap_and_no_file(server: Server, tmp_path: Path) -> None:
    publish(server, {"building": [(WORLD, part([house(50.0, 0.0)]))]})
    with pytest.raises(FetchError, match="has no buildings in this window"):
        give(wish(server, tmp_path))
    with pytest.raises(FetchError, match="has no water in this window"):
        give(wish(server, tmp_path, "water"))
    assert not list(tmp_path.iterdir())


def test_a_release_that_is_gone_is_told_and_the_newest_is_not_taken_instead(server: Server, tmp_path: Path) -> None:
    publish(server, {"building": [(WORLD, part([house(11.05, 57.05)]))]})
    with pytest.raises(FetchError, match=r"no longer keeps release 2020-01-01\.0"):
        give(wish(server, tmp_path, release="2020-01-01.0"))


@pytest.mark.parametrize(
    ("route", "answer", "says"),
    [
        ("/stac/catalog.json", b"<html>", "no JSON"),
        ("/stac/catalog.json", b'{"links": []}', "names no latest release"),
        (f"/stac/{RELEASE}/collections.parquet", b"PAR1 cut short", "not the table of contents"),
        (f"/stac/{RELEASE}/collections.parquet", Reply(b"", 503), "3 tries"),
        ("part", Reply(b"<Error><Code>SlowDown</Code></Error>", 503), "3 tries"),
        ("part", Reply(b"", 403), "answers 403"),
        ("part", b"<html>" * 100, "not the GeoParquet"),
        ("part", Reply(bytes(1000), ranges=False), "whole files only"),
    ],
)
def test_faults_of_the_store_are_one_sentence(
    server: Server, tmp_path: Path, route: str, answer: Reply | bytes, says: str
) -> None:
    publish(server, {"building": [(WORLD, part([house(11.05, 57.05)]))]})
    route = next(key for key in server.routes if "part-" in key) if route == "part" else route
    server.routes[route] = answer
    with pytest.raises(FetchError, match=says):
        give(wish(server, tmp_path))
    assert not (tmp_path / "buildings.parquet").exists()


def test_a_broken_run_fetches_only_the_parts_that_are_missing(server: Server, tmp_path: Path) -> None:
    pieces = [(WORLD, part([house(11.05, 57.05, id=f"p{n}")])) for n in range(3)]
    publish(server, {"building": pieces})
    last = next(key for key in server.routes if "part-00002" in key)
    whole, server.routes[last] = server.routes[last], Reply(b"", 403)
    with pytest.raises(FetchError):
        give(wish(server, tmp_path))
    server.routes[last] = whole
    server.asked.clear()
    assert give(wish(server, tmp_path)).rows == 3
    assert {path for path in server.paths() if "part-" in path} == {last}


@pytest.mark.slow
def test_memory_is_flat_in_the_size_of_the_source(server: Server, tmp_path: Path) -> None:
    """A file of 5 GB, most of it holes, of which one row group of a thousand is the window's."""
    path = tmp_path / "large.parquet"
    _sparse(path, groups=50)
    assert path.stat().st_size > 5e9
    script = Path(__file__).with_name("read_large.py")
    told = subprocess.run([sys.executable, str(script), str(path)], capture_output=True, text=True, check=True)
    rows, asked, peak_mb = map(float, told.stdout.split())
    assert rows == 1000 and asked < 4e6 and peak_mb < 1000


class _Holes:
    """A file to write to in which zeros become holes, which take no room on the disk."""

    def __init__(self, path: Path):
        self._file = open(path, "wb")  # noqa: SIM115
        self.closed = False

    def write(self, data: pa.Buffer) -> int:
        every = np.frombuffer(data, "uint8")
        for start in range(0, len(every), 1 << 14):
            block = every[start : start + (1 << 14)]
            if block.any():
                self._file.write(block.tobytes())
            else:
                self._file.seek(len(block), 1)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        self.closed = True


def _sparse(path: Path, groups: int) -> None:
    """Write row groups with 100 MB of zeros in a column that nobody wants."""
    ballast = pa.array([bytes(100_000_000)] + [b""] * 999)
    sink, writer = _Holes(path), None
    for number in range(groups):
        rows = [house(number * 2.0 + 0.001 * n, 57.05) for n in range(1000)]
        table = pq.read_table(io.BytesIO(part(rows))).append_column("ballast", ballast)
        plain = {"compression": "none", "use_dictionary": False, "data_page_size": 1 << 20}
        writer = writer or pq.ParquetWriter(pa.PythonFile(sink, mode="w"), table.schema, **plain)
        writer.write_table(table)
    writer.close()  # type: ignore[union-attr]
    sink.close()


def test_what_is_shipped_asks_the_real_store() -> None:
    assert all(url.startswith("https://") for url in OVERTURE.bases.values())
    assert OVERTURE.shared
