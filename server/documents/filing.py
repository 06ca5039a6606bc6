"""What a sheet that is signed on paper carries: the code by which its photo is filed."""

from __future__ import annotations

from server.documents.printed import Block, Code, Item, Languages, Para
from server.documents.wording import plain, term


def filed_by(address: str, code: str, lang: Languages, *, key: str = "code") -> Item:
    """How a signed sheet is filed, and its QR code with the number below."""
    picture = Code(text=address, caption=plain(code, lang))
    return bare(key, [Para(words=term("file_by", lang), look="note"), picture])


def bare(key: str, blocks: list[Block]) -> Item:
    """Blocks that belong to no element of the form."""
    return Item(key=key, ref=0, label=[], number="", blocks=blocks, wide=True, status="filled")
