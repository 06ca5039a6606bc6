"""The interchange file: one audit as one JSON file, read, checked and turned into journal entries.

Pure: bytes in, entries out. Ids and moments come from the file alone: one file, one audit, always the same.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from server.audit import entries
from server.audit.entries import Entry
from server.audit.interchange import judged, model, planned, seen, source
from server.audit.interchange.builder import Builder, audit_id, office_id, principal_id
from server.audit.interchange.problems import Notes, Problem, Refused, pointer, refusal
from server.audit.interchange.reader import Reader
from server.audit.interchange.words import time_zone
from server.criteria.load import Criteria
from server.criteria.model import House

__all__ = [
    "Converted",
    "Parsed",
    "Problem",
    "Refused",
    "audit_id",
    "office_id",
    "parse",
    "pointer",
    "principal_id",
    "to_entries",
]

DEFAULT_ZONE = "Asia/Shanghai"


class Parsed(Struct, frozen=True, kw_only=True):
    """A file that was understood: its typed content, its source without `traps`, and what was doubtful."""

    file: model.File
    source: dict[str, Any]
    zone: str
    warnings: tuple[Problem, ...]

    @property
    def audit(self) -> str:
        """The id of the audit that the file describes."""
        return audit_id(self.file.house.short, self.file.audit.number)

    @property
    def canonical(self) -> bytes:
        """The source as stored and hashed."""
        return source.canonical(self.source)


class Converted(Struct, frozen=True, kw_only=True):
    """The entries of an audit in journal order, and everything doubtful in its file."""

    audit: str
    entries: list[Entry]
    warnings: tuple[Problem, ...]


def parse(data: bytes) -> Parsed:
    """Read an interchange file. Raises `Refused` with the place and reason of everything not understood."""
    decoded = source.decode(data)
    notes = Notes()
    zone = _zone(decoded, notes)
    _check_version(decoded, notes)
    file = Reader(notes, ZoneInfo(zone)).read(decoded, model.File)
    notes.raise_refusals()
    return Parsed(file=file, source=decoded, zone=zone, warnings=tuple(notes.warnings))


def to_entries(parsed: Parsed, criteria: Criteria, source_sha256: str | None = None) -> Converted:
    """The entries of the audit, in journal order, authors and moments from the file, never `released`.

    `source_sha256` names the blob of `Parsed.canonical`. Raises `Refused` where the file refers to
    what it does not hold.
    """
    notes = Notes()
    house = _house(parsed.file, criteria, notes)
    builder = Builder(parsed.file, criteria, house, parsed.zone, notes)
    opened = entries.OpenedBody(number=parsed.file.audit.number, source=source_sha256)
    builder.add(entries.Opened, ("audit", "number"), opened)
    planned.add_setup(builder, parsed.source)
    seen.add_attendance(builder)
    seen.add_meeting(builder, "opening")
    seen.add_observations(builder)
    judged.add_previous_verifications(builder)
    judged.add_findings(builder)
    seen.add_meeting(builder, "closing")
    judged.Results(builder).add()
    seen.add_report_signatures(builder)
    notes.raise_refusals()
    warnings = (*parsed.warnings, *notes.warnings)
    return Converted(audit=builder.audit, entries=builder.entries, warnings=warnings)


def _house(file: model.File, criteria: Criteria, notes: Notes) -> House:
    """The house that the file names by its mark or name; else the one this server is, with a warning."""
    for house in criteria.houses.values():
        if file.house.short.casefold() == house.short.casefold() or file.house.name_zh == house.name.zh:
            return house
    if not criteria.houses:
        raise refusal(("house",), "本机没有认证机构的数据", "this server has no house's data")
    notes.warn(
        ("house", "short"),
        f"本机没有认证机构“{file.house.short}”，报告按“{criteria.house.name.zh}”打印",
        f"the house “{file.house.short}” is unknown; reports are printed as by {criteria.house.name.en}",
    )
    return criteria.house


def _zone(decoded: dict[str, Any], notes: Notes) -> str:
    about = decoded.get("about")
    written = about.get("time_zone") if isinstance(about, dict) else None
    if not written:
        return DEFAULT_ZONE
    name = time_zone(str(written))
    try:
        return ZoneInfo(name or "").key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        notes.refuse(
            ("about", "time_zone"),
            f"“{written}”不是时区，应写成+08:00或Asia/Shanghai",
            f"“{written}” is no time zone; write +08:00 or Asia/Shanghai",
        )
        return DEFAULT_ZONE


def _check_version(decoded: dict[str, Any], notes: Notes) -> None:
    about = decoded.get("about")
    version = about.get("version") if isinstance(about, dict) else None
    if version not in (None, "") and str(version) != str(model.VERSION):
        notes.refuse(
            ("about", "version"),
            f"文件版本{version}，本程序只读版本{model.VERSION}",
            f"is version {version}; this program reads version {model.VERSION}",
        )
