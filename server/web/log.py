"""The log: one line an event on stderr; traces without the values of variables, passwords among them."""

import sys
from functools import cache
from typing import Any

import structlog


@cache
def logger() -> Any:
    """The log of this process. Imported at the first event, so that start stays short."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    return structlog.get_logger()
