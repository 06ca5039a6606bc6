"""`clausewalk audit export | verify | erase`: an audit as a file, is it as it was stored, what must go."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

from server.cli import FAILURE, CommandError
from server.cli.services import with_services
from server.web.services import Services


def add_actions(actions: _SubParsersAction[ArgumentParser]) -> None:
    """Add the actions to `clausewalk audit`."""
    exporting = actions.add_parser(
        "export", help="an audit as one file: journal, photos, what it was made with"
    )
    exporting.add_argument("audit", metavar="ID", help="as `clausewalk audit list` shows it")
    exporting.add_argument(
        "-o", "--output", metavar="FILE.zip", type=Path, required=True, help="the file to write"
    )
    verifying = actions.add_parser(
        "verify", help="name every entry and blob that was changed, lost or swapped"
    )
    verifying.add_argument("audit", metavar="FILE.zip|ID", help="an exported audit, or one that is here")
    verifying.add_argument("--head", metavar="HASH", help="a head hash seen earlier: finds a cut-off tail")
    erasing = actions.add_parser(
        "erase", help="drop the bytes of entries and their photos for good; digests and the reason stay"
    )
    erasing.add_argument("audit", metavar="ID", help="as `clausewalk audit list` shows it")
    erasing.add_argument("--entries", metavar="ENTRY", nargs="+", required=True, help="ids of entries")
    erasing.add_argument("--rule", required=True, help="the law, clause or contract that asks for it")
    erasing.add_argument("--person", required=True, help="who decided it")
    erasing.add_argument(
        "--documents", action="store_true", help="released documents, too: they repeat what entries said"
    )
    erasing.add_argument("--yes", action="store_true", help="don't ask")


def _export(args: Namespace) -> int:
    from server.archive.export import ExportFailed

    try:
        lost = with_services(args.settings, lambda services: _write(services, args.audit, args.output))
    except ExportFailed as failed:
        raise CommandError(str(failed), FAILURE) from failed
    for sha256 in lost:
        print(f"warning: {sha256}: its bytes are lost, the export only names it", file=sys.stderr)
    return 0


async def _write(services: Services, audit: str, out: Path) -> tuple[str, ...]:
    from server.archive.export import export_audit, write_export

    export = await export_audit(services, audit)
    await write_export(export, out)
    return export.lost


def _verify(args: Namespace) -> int:
    from server.archive.checking import check_audit, check_file

    file = Path(args.audit)
    if file.suffix or file.is_file():
        try:
            _, found = asyncio.run(check_file(file, args.head))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        subject = file.name
    else:
        subject = f"audit {args.audit}"
        found = with_services(args.settings, lambda services: check_audit(services, args.audit, args.head))
    for one in found:
        print(f"{one.problem}\t{one.what}\t{one.detail}")
    if damages := sum(one.is_damage for one in found):
        raise CommandError(f"{subject}: {damages} entries or blobs are not as they were stored", FAILURE)
    print(f"{subject}: everything is as it was stored")
    return 0


def _erase(args: Namespace) -> int:
    from server.archive.erasing import NotErased

    try:
        return with_services(args.settings, lambda services: _plan_and_erase(services, args))
    except NotErased as refused:
        raise CommandError(str(refused)) from refused


async def _plan_and_erase(services: Services, args: Namespace) -> int:
    from server.archive.erasing import erase, plan_erasure
    from server.audit.admission import admit

    erasing = await plan_erasure(services, args.audit, args.entries, documents=args.documents)
    for one in erasing.entries:
        print(f"{one.seq}\t{one.id}\t{one.kind}\t{one.words}")
    for sha256 in (*erasing.blobs, *erasing.documents):
        print(f"blob\t{sha256}")
    if not args.yes and not await asyncio.to_thread(_is_sure):
        raise CommandError("nothing was erased; to erase without being asked add --yes")
    entry = await erase(services, erasing, rule=args.rule, person=args.person, by="command line", admit=admit)
    print(f"erased by entry {entry}")
    return 0


def _is_sure() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Erase all of this for good? Type yes: ").strip() == "yes"


ACTIONS = {"export": _export, "verify": _verify, "erase": _erase}
