"""`clausewalk report ID -o out.docx|out.pdf|out.html|out.json`."""

from __future__ import annotations

import asyncio
import shutil
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import get_args

from server.cli import FAILURE, CommandError
from server.cli.services import with_services
from server.documents.bundle import MakingFailed, Paper
from server.documents.make import Kind, WrongHouse, make_paper
from server.documents.printed import Languages
from server.journal import NoSuchAudit
from server.web.services import Services


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `report`; it sets `run`."""
    report = subparsers.add_parser("report")
    report.add_argument("audit", metavar="ID", help="as `clausewalk audit list` shows it")
    report.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="its ending says what: .docx, .pdf, .html, or .json for programs",
    )
    report.add_argument("--lang", choices=get_args(Languages), default="zh", help="default: zh")
    report.add_argument(
        "--house", metavar="NAME", default="", help="print it as this house would; default: the audit's"
    )
    report.add_argument(
        "--sheets", action="store_true", help="the record sheets 审核记录表 in place of the report"
    )
    report.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Write the document. Raises CommandError for bad input and where it can't be made."""
    kind = args.output.suffix.removeprefix(".").lower()
    if kind not in get_args(Kind):
        raise CommandError(f"{args.output}: name a file that ends in .docx, .pdf, .html or .json")
    if not args.output.absolute().parent.is_dir():
        raise CommandError(f"{args.output.absolute().parent}: there is no such folder")
    try:
        with_services(args.settings, lambda services: _write(services, args, kind))
    except NoSuchAudit as error:
        raise CommandError(f"there is no audit {args.audit!r}; see `clausewalk audit list`") from error
    except WrongHouse as error:
        raise CommandError(str(error)) from error
    except MakingFailed as error:
        raise CommandError(str(error), FAILURE) from error
    return 0


async def _write(services: Services, args: Namespace, kind: Kind) -> None:
    paper: Paper = "sheets" if args.sheets else "report"
    made = await make_paper(services, args.audit, paper, kind, args.lang, house=args.house)
    try:
        await asyncio.to_thread(shutil.copyfile, made.path, args.output)
    finally:
        made.discard()
