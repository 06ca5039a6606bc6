"""P8: memory of the server at rest, and from its start to its first answer, beside a bare Litestar hello.

The budgets are absolute (120 MB, 1 s); the comparator says how much of each the framework alone takes.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from statistics import median

from benchmarks.common import Figure, folder

RUNS = 5
MOST_MB, MOST_SECONDS = 120.0, 1.0
PATIENCE_SECONDS = 30.0

SERVE = "import sys; from server.cli import main; sys.exit(main(sys.argv[1:]))"
HELLO = """
import sys, uvicorn
from litestar import Litestar, get

@get("/sign-in")
async def hello() -> str:
    return "hello"

app = Litestar([hello], openapi_config=None, logging_config=None)
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def _free_port() -> int:
    with closing(socket(AF_INET, SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", *command], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _seconds_to_answer(port: int) -> float:
    """Seconds from now until the sign-in page comes."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < PATIENCE_SECONDS:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
            try:
                connection.request("GET", "/sign-in")
                if connection.getresponse().status == 200:
                    return time.perf_counter() - begin
            except ConnectionRefusedError:
                time.sleep(0.005)
    raise RuntimeError("no answer")


def _megabytes(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def _once(*command: str, port: int) -> tuple[float, float]:
    """Megabytes at rest and seconds to the first answer of one start."""
    with _running(*command) as process:
        seconds = _seconds_to_answer(port)
        return _megabytes(process), seconds


def measure() -> list[Figure]:
    """Medians over starts in turns; the first of each only fills the disk's cache."""
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    with folder() as path:
        for number in range(RUNS + 1):
            port = _free_port()
            mine = _once(SERVE, "serve", "--data", str(path), "--port", str(port), port=port)
            bare = _once(HELLO, str(port), port=port)
            if number:
                ours.append(mine)
                theirs.append(bare)
    return [
        _figure(f"P8 memory at rest (at most {MOST_MB:.0f} MB)", "MB", 0, MOST_MB, ours, theirs),
        _figure(
            f"P8 start to first answer (at most {MOST_SECONDS:.0f} s)", "s", 1, MOST_SECONDS, ours, theirs
        ),
    ]


def _figure(
    name: str,
    unit: str,
    which: int,
    most: float,
    ours: list[tuple[float, float]],
    theirs: list[tuple[float, float]],
) -> Figure:
    mine, bare = (median(run[which] for run in runs) for runs in (ours, theirs))
    return Figure(name, unit, mine, bare, round(most / bare, 2), "lower")


if __name__ == "__main__":
    for figure in measure():
        print(figure)
