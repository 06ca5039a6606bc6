"""`clausewalk restore IN --data DIR`."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

from server.cli import FAILURE, CommandError
from server.cli.progress import bar


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `restore`; it sets `run`."""
    restore = subparsers.add_parser("restore")
    restore.add_argument(
        "given", metavar="IN", type=Path, help="the folder of backups (its newest), or one in it"
    )
    restore.add_argument(
        "--salvage", action="store_true", help="of a damaged backup restore what is whole, and name the rest"
    )
    restore.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Restore into the data folder, which is missing or empty. Exit code 1 where something was damaged."""
    from server.archive.restore import restore
    from server.archive.snapshot import BackupError

    try:
        done = asyncio.run(
            restore(args.given, args.settings.data, salvage=args.salvage, progress=bar("restore"))
        )
    except (BackupError, OSError, sqlite3.Error) as error:
        raise CommandError(str(error), FAILURE) from error
    for sha256 in done.lost:
        print(f"lost before the backup: {sha256}", file=sys.stderr)
    for one in done.damaged:
        print(f"not restored: {one}", file=sys.stderr)
    print(f"{done.audits} audits, {done.blobs} blobs as of {done.made_at}; everybody has to sign in again")
    return FAILURE if done.damaged else 0
