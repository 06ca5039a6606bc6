"""`clausewalk demo`: load the sample audit, accounts and an audit to walk today; print who may sign in."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.database import MigrationError
from server.demo.load import Loaded, load
from server.importing import ImportFailed
from server.settings import Settings
from server.web.services import open_services

_ZONE = ZoneInfo("Asia/Shanghai")
"""Where the sample's client is: there it is decided which day is today."""


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `demo`; it sets `run`."""
    demo = subparsers.add_parser("demo")
    demo.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Load into `args.settings.data`: 0, or 1 with one line on stderr where it can't be stored."""
    try:
        loaded = asyncio.run(_load(args.settings, datetime.now(_ZONE).date()))
    except (ImportFailed, MigrationError, sqlite3.Error, OSError) as error:
        print(f"clausewalk: {args.settings.data}: {error}", file=sys.stderr)
        return 1
    print_accounts(loaded)
    return 0


async def _load(settings: Settings, day: date) -> Loaded:
    async with open_services(settings) as services:
        return await load(services, day, lambda text: print(text, file=sys.stderr, flush=True))


def print_accounts(loaded: Loaded) -> None:
    """Audits and accounts, one a line, columns apart by tabs."""
    print(f"示例审核 sample audit\t/audits/{loaded.sample}")
    print(f"今日审核 audit to walk\t/audits/{loaded.today}\t{loaded.first_day}")
    for account in loaded.accounts:
        print(f"{account.login}\t{account.password}\t{account.name}\t{account.what}")
