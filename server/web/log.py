"""The log: one line an event on stderr; traces say type and place, never what was typed, and no way in."""

import re
import sys
import traceback
from functools import cache
from types import TracebackType
from typing import Any, TextIO

import structlog

_WAY_IN = re.compile(r"^/(in|plan|welcome)/[^/]+")


def without_token(path: str) -> str:
    """An address without the token that lets its holder in."""
    return _WAY_IN.sub(r"/\1/…", path)


def write_trace(
    out: TextIO, exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
) -> None:
    """Types and places of an exception and its causes: messages of others quote the words of audits.

    What of it may be read by whoever reads the log, our own code adds as notes.
    """
    error: BaseException | None = exc_info[1]
    while error is not None:
        out.writelines(traceback.format_tb(error.__traceback__))
        out.write(f"{type(error).__module__}.{type(error).__qualname__}\n")
        if type(error).__module__.startswith("server."):
            out.writelines(f"  {note}\n" for note in getattr(error, "__notes__", ()))
        error = error.__cause__ or error.__context__


@cache
def logger() -> Any:
    """The log of this process. Imported at the first event, so that start stays short."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=write_trace),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    return structlog.get_logger()
