"""The program as a process of its own: `clausewalk serve` with free ports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = (sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())")
ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 60


@dataclass
class LiveServer:
    """A running server. `url` is plain HTTP on this machine; `printed` is all it said when it was ready."""

    process: subprocess.Popen[str]
    data: Path
    url: str
    printed: str
    tokens: Mapping[str, str] = field(default_factory=dict)

    def address(self, what: str) -> str:
        """The address printed after a word such as `phones` or `certificate`; "" if there is none."""
        found = re.search(rf"{what} +(https?://\S+)", self.printed)
        return found[1] if found else ""


def environment(**settings: str) -> dict[str, str]:
    """The environment of a command: no settings but these, and no CDN."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAUSEWALK_")}
    return kept | {"CLAUSEWALK_CDN": "off"} | settings


@contextmanager
def live_server(data: Path, *options: str, program: Path = ROOT, **settings: str) -> Iterator[LiveServer]:
    """Start `clausewalk serve`, wait until it says where it is, and stop it at the end.

    `program`: the folder with the program, where it isn't this checkout.
    """
    process = subprocess.Popen(
        [*COMMAND, "serve", "--data", str(data), "--port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(**settings),
        cwd=program,
    )
    try:
        printed = _until_ready(process)
        yield LiveServer(process, data, _url(printed), printed)
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)
        if process.stdout:
            process.stdout.close()


def verify(data: Path, audit: str) -> str:
    """What `clausewalk audit verify` says of an audit. It fails if anything was changed, lost or swapped."""
    answer = subprocess.run(
        [*COMMAND, "audit", "verify", audit, "--data", str(data)],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=ROOT,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def _until_ready(process: subprocess.Popen[str]) -> str:
    """What the server prints until it is ready. An early end fails with its exit code."""
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed += line
        if line.startswith("  ready"):
            return printed
    raise AssertionError(f"the server ended with {process.wait()}: {printed}")


def _url(printed: str) -> str:
    found = re.search(r"this machine +(http://\S+)", printed)
    assert found, printed
    return found[1]
