"""What a server asks of the kernel, in order: who wrote, synced and answered, and when that was done."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.live import COMMAND, environment

STRACE = ("strace", "-f", "-y", "-s", "70000", "-e")
CALLS = "pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2"
_LINE = re.compile(
    r"(?P<pid>\d+) +(?:(?P<call>\w+)\((?P<args>.*)|<\.\.\. (?P<resumed>\w+) resumed>(?P<rest>.*))"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A system call: when it began and when it had returned, in the order of all of them."""

    began: int
    ended: int
    name: str
    text: str


class Trace:
    """The calls of a server, in the order in which they returned."""

    def __init__(self, text: str) -> None:
        self.calls: list[Call] = []
        unfinished: dict[str, tuple[int, str]] = {}
        for place, line in enumerate(text.splitlines()):
            found = _LINE.match(line)
            if not found:
                continue
            if found["call"] and line.endswith("<unfinished ...>"):
                unfinished[found["pid"]] = place, found["args"]
            elif found["call"]:
                self.calls.append(Call(place, place, found["call"], found["args"]))
            else:
                began, args = unfinished.pop(found["pid"], (place, ""))
                self.calls.append(Call(began, place, found["resumed"], args + found["rest"]))

    def first(self, names: tuple[str, ...], *words: str, after: Call | None = None) -> Call:
        """The first such call with all these words in it that began after another had ended."""
        for call in self.calls:
            is_later = after is None or call.began > after.ended
            if is_later and call.name in names and all(word in call.text for word in words):
                return call
        raise AssertionError(f"no {names} with {words} after {after}")


@contextmanager
def traced_server(data: Path, log: Path) -> Iterator[str]:
    """The address of `clausewalk serve` under strace, whose calls are in `log` once it has ended."""
    process = subprocess.Popen(
        [*STRACE, f"trace={CALLS}", "-o", str(log), *COMMAND, "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        url = ""
        for line in process.stdout:
            if found := re.search(r"this machine +(http://\S+)", line):
                url = found[1]
            if line.startswith("  ready"):
                break
        assert url, f"the server ended with {process.wait()}"
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # strace and the server, which are a session of their own
        process.wait(30)
        if process.stdout:
            process.stdout.close()
