"""JSON patches (RFC 6902: `replace` alone) as the sample's traps use them."""

from __future__ import annotations

from typing import Any


def apply(file: Any, operations: list[dict[str, Any]]) -> None:
    """Change `file` in place."""
    for operation in operations:
        assert operation["op"] == "replace"
        *steps, last = (step(part) for part in operation["path"].split("/")[1:])
        target = file
        for one in steps:
            target = target[one]
        target[last] = operation["value"]


def step(part: str) -> str | int:
    return int(part) if part.isdigit() else part
