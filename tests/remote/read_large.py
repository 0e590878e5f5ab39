"""Read one window out of a large file over the loopback, and print rows, bytes sent and the peak of memory [MB]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from loopback import Ask, Reply, door_to, serving
from overture_store import bases, publish

from pvmap.sources.remote.overture import give
from pvmap.sources.remote.provider import Window, Wish

path = Path(sys.argv[1])
size, sent = path.stat().st_size, 0


def piece(ask: Ask) -> Reply:
    """Send the bytes asked for, straight from the disk."""
    global sent
    first, last = (int(number) for number in ask.headers["Range"][6:].split("-"))
    last = min(last, size - 1)
    with open(path, "rb") as file:
        file.seek(first)
        content = file.read(last - first + 1)
    sent += len(content)
    return Reply(content, 206, {"Content-Range": f"bytes {first}-{last}/{size}", "ETag": '"large"'})


with serving() as server, tempfile.TemporaryDirectory() as folder:
    publish(server, {"building": [((-180.0, -90.0, 180.0, 90.0), b"")]})
    server.routes[next(key for key in server.routes if "part-" in key)] = piece
    window = Window(40.0, 57.0, 41.9, 57.1)
    wish = Wish("buildings", window, Path(folder) / "buildings.parquet", door_to(server), bases(server))
    rows = give(wish).rows
    # VmHWM is this program's own; ru_maxrss begins with the peak of whoever started it
    peak_kb = Path("/proc/self/status").read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]
    print(rows, sent, int(peak_kb) / 1024)
