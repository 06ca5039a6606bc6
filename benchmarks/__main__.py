"""`make bench`: every figure beside its comparator in the same run; `make bench ARGS=append`: that one."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = ("phone", "lighthouse", "walk_page", "append", "upload", "report", "many", "rest")
"""One module a figure of the budget: P1 and P2, points of P2, P3, P4, P5, P6, P7, P8."""


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; 2 for a name that there is none of.

    Each runs as a process of its own, so that none measures the memory or the caches of another.
    """
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    codes = [subprocess.call([sys.executable, "-m", f"benchmarks.{name}"]) for name in names or BENCHMARKS]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
