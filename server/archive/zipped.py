"""A zip file as a stream of bytes that depend on nothing but its members: the same content, the same file.

Members are stored, not deflated: photos don't shrink, and deflaters differ from version to version.
Times and rights are fixed, the order is the caller's, sizes and checksums are known before the first byte.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Callable, Sequence

from msgspec import Struct

_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_END64, _LOCATOR64 = 0x06064B50, 0x07064B50
_VERSION, _VERSION64 = 20, 45
_UNIX = 3 << 8
_UTF8_NAMES = 0x0800
_FIRST_DAY = 0x0021
"""1 January 1980, the first day that a zip can name."""
_MODE = 0o100644 << 16
_MOST32, _MOST16 = 0xFFFFFFFF, 0xFFFF


class Member(Struct, frozen=True, kw_only=True):
    """One file inside. `pieces` gives its bytes anew at each call: `size` of them, with this CRC-32."""

    name: str
    size: int
    crc: int
    pieces: Callable[[], AsyncIterator[bytes]]


def length(members: Sequence[Member]) -> int:
    """How many bytes the zip of these members has."""
    offset = 0
    central = 0
    for member in members:
        central += len(_central(member, offset))
        offset += len(_local(member)) + member.size
    return offset + central + len(_end(len(members), offset, central))


async def stream(members: Sequence[Member]) -> AsyncIterator[bytes]:
    """The zip, piece by piece. Raises `ValueError` where a member's bytes are not as many as it said."""
    offset = 0
    central = b""
    for member in members:
        header = _local(member)
        yield header
        sent = 0
        async for piece in member.pieces():
            sent += len(piece)
            yield piece
        if sent != member.size:
            raise ValueError(f"{member.name} has {sent} bytes and not {member.size}")
        central += _central(member, offset)
        offset += len(header) + sent
    yield central + _end(len(members), offset, len(central))


def _local(member: Member) -> bytes:
    name = member.name.encode()
    large = member.size >= _MOST32
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if large else b""
    size = _MOST32 if large else member.size
    version = _VERSION64 if large else _VERSION
    fields = (_LOCAL, version, _UTF8_NAMES, 0, 0, _FIRST_DAY, member.crc, size, size, len(name), len(extra))
    return struct.pack("<IHHHHHIIIHH", *fields) + name + extra


def _central(member: Member, offset: int) -> bytes:
    name = member.name.encode()
    large = [value for value in (member.size, member.size) if value >= _MOST32]
    large += [offset] if offset >= _MOST32 else []
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size = min(member.size, _MOST32)
    version = _VERSION64 if large else _VERSION
    head = (_CENTRAL, _UNIX | version, version, _UTF8_NAMES, 0, 0, _FIRST_DAY, member.crc, size, size)
    tail = (len(name), len(extra), 0, 0, 0, _MODE, min(offset, _MOST32))
    return struct.pack("<IHHHHHHIIIHHHHHII", *head, *tail) + name + extra


def _end(count: int, offset: int, size: int) -> bytes:
    """The end of the central directory; its 64-bit form where something doesn't fit otherwise."""
    end = b""
    if count >= _MOST16 or offset >= _MOST32 or size >= _MOST32:
        fields = (_END64, 44, _UNIX | _VERSION64, _VERSION64, 0, 0, count, count, size, offset)
        end += struct.pack("<IQHHIIQQQQ", *fields)
        end += struct.pack("<IIQI", _LOCATOR64, 0, offset + size, 1)
    some = min(count, _MOST16)
    return end + struct.pack("<IHHHHIIH", _END, 0, 0, some, some, min(size, _MOST32), min(offset, _MOST32), 0)
