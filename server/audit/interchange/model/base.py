"""The base of every object of an interchange file."""

from __future__ import annotations

from msgspec import Struct

from server.audit.interchange.kinds import Where


class Part(Struct, frozen=True, kw_only=True):
    """Base of every object of the file."""

    where: Where = ()
