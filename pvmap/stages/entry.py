"""What a worker must show before it may compute: the same code, the same libraries, the same disk.

Workers of a cluster are started by others, days ago perhaps. One with another version would mix its numbers with ours,
and one that sees a copy of the folders would compute for nobody.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pvmap import __version__, disk
from pvmap.settings.city import Settings
from pvmap.stages import stamp
from pvmap.versions import code_hash, libraries

WAIT_SECONDS = 3.0  # network folders may show a new file late


@dataclass(frozen=True)
class Entry:
    """What this run is; called in a worker, it says why that one must not take part, or None.

    Attributes
    ----------
    version, code, libraries
        Of the package, its source files and the libraries that compute.
    token, content
        A file in the run folder and what is in it.
    inputs
        Path, bytes, time and hash of every input file.
    """

    version: str
    code: str
    libraries: tuple[tuple[str, str], ...]
    token: Path
    content: str
    inputs: tuple[tuple[Path, int, int, str], ...]

    def __call__(self) -> str | None:
        """Compare with what this process sees."""
        return self._other_code() or self._other_libraries() or self._other_disk()

    def _other_code(self) -> str | None:
        own = code_hash()
        if own == self.code:
            return None
        return (
            f"it runs pvmap {__version__} (code {own}), this run is of pvmap {self.version} (code {self.code}); "
            "install the same version on every worker and start it anew."
        )

    def _other_libraries(self) -> str | None:
        own = libraries()
        other = [f"{name} {own.get(name, 'none')} instead of {n}" for name, n in self.libraries if own.get(name) != n]
        return f"it computes with {', '.join(other)}; install the same versions on every worker." if other else None

    def _other_disk(self) -> str | None:
        end = time.monotonic() + WAIT_SECONDS
        while not self._sees_token():
            if time.monotonic() > end:
                return (
                    f"it does not see the run folder {self.token.parent}, or sees a copy of it; give every worker the "
                    "same disk under the same path."
                )
            time.sleep(0.1)
        for path, size, changed, content in self.inputs:
            with contextlib.suppress(OSError):
                found = path.stat()
                if (found.st_size, found.st_mtime_ns) == (size, changed) or stamp.file_hash(path) == content:
                    continue
            return f"it sees another {path}, or none; give every worker the same disk under the same path."
        return None

    def _sees_token(self) -> bool:
        try:
            return self.token.read_text(encoding="utf-8") == self.content
        except (OSError, ValueError):
            return False


@contextlib.contextmanager
def entry(settings: Settings, raw: Path, processed: Path) -> Iterator[Entry]:
    """Describe a run to its workers; its token lies in the run folder as long as it lasts."""
    token, content = disk.aside(processed / "token"), uuid.uuid4().hex
    with disk.errors(token):
        token.write_text(content, encoding="utf-8")
    files = stamp.input_files(settings, raw).values()
    inputs = tuple((p, p.stat().st_size, p.stat().st_mtime_ns, stamp.file_hash(p)) for p in files)
    try:
        yield Entry(__version__, code_hash(), tuple(libraries().items()), token, content, inputs)
    finally:
        with contextlib.suppress(OSError):
            token.unlink()
