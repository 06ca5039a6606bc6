"""`clausewalk backup OUT`."""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

from server.cli import FAILURE, CommandError
from server.cli.progress import bar


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `backup`; it sets `run`."""
    backup = subparsers.add_parser("backup")
    backup.add_argument(
        "out", metavar="OUT", type=Path, help="a folder outside the data, best on another disk"
    )
    backup.add_argument(
        "--keep", metavar="N", type=_number, help="remove all backups in the folder but the newest N"
    )
    backup.set_defaults(run=run)


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def run(args: Namespace) -> int:
    """Make a backup. Exit code 1 where a photo could not be backed up, or nothing could."""
    from server.archive.backup import back_up
    from server.archive.installation import program
    from server.archive.snapshot import BackupError

    try:
        made = back_up(
            args.settings.data, args.out, program=program(), keep=args.keep, progress=bar("backup")
        )
    except (BackupError, OSError, sqlite3.Error) as error:
        raise CommandError(str(error), FAILURE) from error
    print(f"{made.audits} audits, {made.blobs} blobs, {made.copied} of them new", file=sys.stderr)
    print(made.path)
    if made.lost:
        for sha256 in made.lost:
            print(f"lost: {sha256}", file=sys.stderr)
        raise CommandError(
            f"{len(made.lost)} blobs are missing or damaged here, and so not in this backup; run"
            " `clausewalk doctor --deep`",
            FAILURE,
        )
    return 0
