"""`clausewalk doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli import FAILURE
from server.cli.services import with_services
from server.web.services import Services

if TYPE_CHECKING:
    from server.archive.checks import Check

_MARK = {"ok": "ok     ", "warning": "WARNING", "problem": "PROBLEM"}


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `doctor`; it sets `run`."""
    doctor = subparsers.add_parser("doctor")
    doctor.add_argument("--deep", action="store_true", help="read every entry and every byte, too")
    doctor.add_argument(
        "--mend", action="store_true", help="remove old unfinished uploads and files that belong to nothing"
    )
    doctor.add_argument("--json", action="store_true", help="as JSON, for programs")
    doctor.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Look at everything. Exit code 1 where there is a problem; a warning is none."""
    checks = _examine(args)
    if args.json:
        shown = [{"name": one.name, "level": one.level, "what": one.what, "mend": one.mend} for one in checks]
        print(json.dumps({"checks": shown}, ensure_ascii=False, indent=2))
    else:
        for one in checks:
            print(f"{_MARK[one.level]}  {one.name}: {one.what}")
            if one.mend:
                print(f"{'':9}{one.mend}")
    return FAILURE if any(one.level == "problem" for one in checks) else 0


def _examine(args: Namespace) -> list[Check]:
    from server.archive import doctor

    data: Path = args.settings.data
    checks = doctor.examine_database(data, _rooms())
    if data.is_dir():
        checks += doctor.examine_surroundings(data)
    untouched = {"database", "migrations", "criteria"} & {one.name for one in checks if one.level != "ok"}
    if not untouched:  # opening it would apply what waits, or stumble over what is broken

        async def look(services: Services) -> list[Check]:
            return await doctor.examine_evidence(services, deep=args.deep, mend=args.mend)

        checks += with_services(args.settings, look)
    return checks


def _rooms() -> dict[str, Path]:
    """Where each room keeps its migrations."""
    from server import archive, evidence, journal, people

    rooms = {"journal": journal, "people": people, "evidence": evidence, "archive": archive}
    return {name: Path(str(room.__file__)).parent / "migrations" for name, room in rooms.items()}
