"""Every kind of gap: its code, how grave it is, before which gate it is due, what mends it.

The kinds are data: `server/audit/data/gaps.toml`. `docs/gaps.md` is the same table as people read it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from server.audit.entries import Text

Gate = Literal["leave", "closing", "release"]
Severity = Literal["error", "warning", "note"]
GATES: tuple[Gate, ...] = get_args(Gate)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of gap. `rules`: what it follows from. `kept`: why nobody may dismiss it; None: one may."""

    gate: Gate
    severity: Severity
    rules: str = ""
    title: Text
    mend: Text
    kept: Text | None = None


def _read() -> dict[str, Kind]:
    written = files("server.audit").joinpath("data", "gaps.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(written), dict[str, Kind])


KINDS: Mapping[str, Kind] = _read()
"""Code → kind, gate by gate."""


def code_of(gap: str) -> str:
    """The code in the id of a gap."""
    return gap.partition(":")[0]


def may_be_dismissed(gap: str) -> bool:
    """Whether a gap of this id may be dismissed; one of a kind that isn't known here may."""
    kind = KINDS.get(code_of(gap))
    return kind is None or kind.kept is None
