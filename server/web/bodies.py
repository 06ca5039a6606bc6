"""Finished bodies, kept for the account they were made for."""

import gzip
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

try:
    import brotli
except ImportError:  # it is an extra
    brotli = None

Encoding = Literal["br", "gzip"]
_COMPRESS: dict[Encoding, Callable[[bytes], bytes]] = {
    **({"br": lambda plain: brotli.compress(plain, mode=brotli.MODE_TEXT, quality=5)} if brotli else {}),
    "gzip": lambda plain: gzip.compress(plain, 5, mtime=0),
}
"""How a page is compressed: as far as it takes no longer than the page itself."""


_COMPRESS_SMALLEST: dict[Encoding, Callable[[bytes], bytes]] = {
    **({"br": lambda plain: brotli.compress(plain, mode=brotli.MODE_TEXT)} if brotli else {}),
    "gzip": lambda plain: gzip.compress(plain, mtime=0),
}
"""How a file is compressed that is sent again and again."""

_REFUSED = re.compile(r"[^,]*;\s*q=0(\.0*)?\s*(?=,|$)")


def accepted(header: str) -> Encoding | None:
    """The best that a browser takes by its `Accept-Encoding`; None: it takes nothing compressed."""
    wanted = {name.strip() for name in _REFUSED.sub("", header.lower()).replace(";", ",").split(",")}
    return next((one for one in _COMPRESS if one in wanted), None)


def smallest(plain: bytes, encoding: Encoding) -> bytes:
    """As few bytes as an encoding can make of it, however long that takes."""
    return _COMPRESS_SMALLEST[encoding](plain)


class Body:
    """A finished body, compressed at most once each way."""

    __slots__ = ("_compressed", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self._compressed: dict[Encoding, bytes] = {}

    def compressed(self, encoding: Encoding) -> bytes:
        """The body as it is sent under an encoding."""
        if encoding not in self._compressed:
            self._compressed[encoding] = _COMPRESS[encoding](self.plain)
        return self._compressed[encoding]


class Bodies:
    """Finished bodies by account and address, bounded in bytes.

    One is served only under the tag it was made for.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._bodies: OrderedDict[tuple[object, ...], tuple[str, Body]] = OrderedDict()

    def get(self, key: tuple[object, ...], tag: str) -> Body | None:
        """The body made for this tag."""
        found = self._bodies.get(key)
        if found is None or found[0] != tag:
            return None
        self._bodies.move_to_end(key)
        return found[1]

    def put(self, key: tuple[object, ...], tag: str, body: Body) -> None:
        """Keep a body instead of the one kept for this account and address."""
        old = self._bodies.pop(key, None)
        self._size += len(body.plain) - (len(old[1].plain) if old else 0)
        self._bodies[key] = (tag, body)
        while self._size > self._limit:
            _, (_, dropped) = self._bodies.popitem(last=False)
            self._size -= len(dropped.plain)
