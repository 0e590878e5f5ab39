"""Where the command line begins: Ctrl-C ends it in one line while it loads, too."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import NoReturn

from pvmap import ancestor


def main() -> None:
    """Load the command line, which takes a moment, and run it."""
    signal.signal(signal.SIGINT, _stop)
    os.environ["PROJ_NETWORK"] = "OFF"  # conda says ON: PROJ would fetch datum grids for whatever CRS a file names
    ancestor.own()
    from pvmap.cli import run

    run()


def _stop(*_: object) -> NoReturn:
    """End at once: nothing has begun, and what is being imported may take an exception for something else."""
    with contextlib.suppress(OSError):
        os.write(2, "pvmap: 已停止 · stopped.\n".encode())
    os._exit(130)


if __name__ == "__main__":
    main()
