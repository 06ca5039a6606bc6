"""`clausewalk audit import | export | verify | erase | list | gaps`."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli import CommandError, custody
from server.cli.services import with_services
from server.journal import AuditRow, NoSuchAudit
from server.web.services import Services

if TYPE_CHECKING:
    from server.audit.gaps import Gap, Gate

_ALL = 1_000_000


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `audit` with its actions; each sets `run`."""
    from server.audit.gaps import GATES

    audit = subparsers.add_parser("audit")
    actions = audit.add_subparsers(
        dest="action", required=True, metavar="import | export | verify | erase | list | gaps"
    )
    importing = actions.add_parser(
        "import", help="take in an audit or what a phone held; the last line is the audit's id"
    )
    importing.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="an exported audit, an interchange file or the file that a phone made of what it had not sent",
    )
    custody.add_actions(actions)
    listing = actions.add_parser("list", help="all audits, the newest first")
    listing.add_argument("--json", action="store_true", help="as JSON, for programs")
    gaps = actions.add_parser("gaps", help="what is missing or contradicts itself before a gate")
    gaps.add_argument("audit", metavar="ID", help="as `clausewalk audit list` shows it")
    gaps.add_argument("--gate", choices=GATES, help="those due at this gate or before it; default: all")
    gaps.add_argument("--json", action="store_true", help="as JSON, for programs")
    audit.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Do what `args.action` says."""
    action = {"import": _import, "list": _list, "gaps": _gaps, **custody.ACTIONS}[args.action]
    try:
        return action(args)
    except NoSuchAudit as error:
        raise CommandError(f"there is no audit {args.audit!r}; see `clausewalk audit list`") from error


def _import(args: Namespace) -> int:
    from server.archive.incoming import import_command
    from server.archive.outbox import is_outbox, outbox_command

    try:
        from_phone = is_outbox(args.file)
    except OSError as error:
        raise CommandError(f"{args.file}: {error.strerror}") from error
    if from_phone:
        return with_services(args.settings, lambda services: outbox_command(services, args.file))
    return with_services(args.settings, lambda services: import_command(services, args.file), create=True)


def _list(args: Namespace) -> int:
    rows = with_services(args.settings, lambda services: services.journal.audits_of(None, limit=_ALL))
    if args.json:
        print(json.dumps({"audits": [_row(row) for row in rows]}, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(f"{row.id}\t{row.number}\t{row.start}\t{row.state}\t{row.client}")
    return 0


def _row(row: AuditRow) -> dict[str, object]:
    keys = ("id", "number", "client", "schemes", "start", "end", "state")
    return {key: getattr(row, key) for key in keys}


def _gaps(args: Namespace) -> int:
    from server.audit.gaps import as_json

    found = with_services(args.settings, lambda services: _find_gaps(services, args.audit, args.gate))
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=2))
        return 0
    for gap in found:
        print(f"{gap.gate}\t{gap.severity}\t{gap.code}\t{gap.where}\t{gap.message.zh}")
    return 0


async def _find_gaps(services: Services, audit: str, gate: Gate | None) -> list[Gap]:
    """All open gaps, as the page shows them."""
    from server.web.gaps import look

    return (await look(services, await services.journal.state(audit), gate)).open
