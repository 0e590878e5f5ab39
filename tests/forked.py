"""Commands in processes of their own that have the pipeline loaded: forked from one that has done nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}


class Ended(NamedTuple):
    """A process that has ended, and what it wrote."""

    code: int
    out: str
    err: str


@contextmanager
def forking(cwd: Path) -> Iterator[Callable[..., Ended]]:
    """Give a function that runs ``pvmap`` with some arguments in a folder."""
    command = [sys.executable, "-c", "import forked; forked.serve()"]
    search = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": search}
    )
    assert server.stdin is not None and server.stdout is not None

    def run(*arguments: object) -> Ended:
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            environment = {**os.environ, **PLAIN}
            asked = (list(map(str, arguments)), str(cwd), environment, str(out), str(err))
            print(json.dumps(asked), file=server.stdin, flush=True)
            code = int(server.stdout.readline())
            return Ended(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    try:
        yield run
    finally:
        server.stdin.close()
        server.wait()
        server.stdout.close()


def serve() -> None:
    """Fork a process for each command that comes in, and tell how it ended."""
    os.environ.update(PLAIN)
    from pvmap import cli, pipeline  # noqa: F401 - what a command would load
    from pvmap.__main__ import main

    for line in sys.stdin:
        arguments, cwd, environment, *files = json.loads(line)
        child = os.fork()
        if not child:
            for stream, file in enumerate(files, 1):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.chdir(cwd)
            os.environ.clear()
            os.environ.update(environment)
            sys.argv = ["pvmap", *arguments]
            main()
            sys.exit()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
