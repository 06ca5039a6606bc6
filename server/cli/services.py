"""The services behind a command that needs no running server."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from server.cli import FAILURE, CommandError
from server.database import FILE_NAME, MigrationError
from server.settings import Settings
from server.web.services import Services, open_services

T = TypeVar("T")


def with_services(settings: Settings, job: Callable[[Services], Awaitable[T]], *, create: bool = False) -> T:
    """Run `job` with the services of the data folder.

    Raises CommandError where there is no database yet (unless `create`) or where it can't be opened.
    """
    if not create and not (settings.data / FILE_NAME).exists():
        raise CommandError(
            f"there is no data in {settings.data}; name the folder with --data, or run `clausewalk demo`"
        )

    async def run() -> T:
        async with open_services(settings) as services:
            return await job(services)

    try:
        return asyncio.run(run())
    except (MigrationError, sqlite3.Error, OSError) as error:
        raise CommandError(f"{settings.data}: {error}", FAILURE) from error
