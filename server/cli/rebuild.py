"""`clausewalk rebuild`: everything that follows from the entries and the photos is made again."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace, _SubParsersAction

from server.cli.services import with_services
from server.web.services import Services


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `rebuild`; it sets `run`."""
    rebuild = subparsers.add_parser("rebuild")
    rebuild.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Make the lists again now, each copy of a photo when it is next looked at."""
    audits, copies = with_services(args.settings, _rebuild)
    print(f"{audits} audits are listed anew; {copies} copies of photos are made again when they are seen")
    return 0


async def _rebuild(services: Services) -> tuple[int, int]:
    await services.journal.rebuild()
    copies = await asyncio.to_thread(services.pictures.clear)
    return len(await services.journal.audits()), copies
