"""What a release freezes: the tree without signatures, which may be given later and travel beside it."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec.structs import replace

from server.audit.entries import Text
from server.audit.report.tree import Block, Element, Report, Signature

_SIGNED = "signature"


def without_signatures(report: Report) -> Report:
    """The tree that signatures bind to: names and roles of those who sign stay, all else of theirs goes."""
    return _with_elements(report, [_unsigned(element) for element in report.elements])


def with_signatures(frozen: Report, current: Report) -> Report:
    """A frozen tree with the signatures that the audit holds now."""
    signed = {element.key: element for element in current.elements if element.kind == _SIGNED}
    elements = [signed.get(element.key, element) for element in frozen.elements]
    return _with_elements(replace(frozen, header=replace(frozen.header, released=True)), elements)


def _with_elements(report: Report, elements: list[Element]) -> Report:
    empty = [element.key for element in elements if element.status == "empty"]
    return replace(report, elements=elements, empty=empty)


def canonical(report: Report) -> bytes:
    """The one form in which a tree is stored and hashed: JSON with the keys of objects in order."""
    return msgspec.json.encode(report, order="sorted")


def content_hash(report: Report) -> str:
    """What a signature of the report binds to: the tree without signatures, and without the journal's head.

    The head moves with every entry, also with one that the report doesn't print.
    """
    header = replace(report.header, seq=0, head="", released=False)
    return hashlib.sha256(canonical(without_signatures(replace(report, header=header)))).hexdigest()


def read(tree: bytes) -> Report:
    """A tree from its canonical form."""
    return msgspec.json.decode(tree, type=Report)


def _unsigned(element: Element) -> Element:
    if element.kind != _SIGNED:
        return element
    blocks = [_open(block) for block in element.blocks]
    return replace(element, blocks=blocks, text=Text(), sources=[], status="empty", edited=False)


def _open(block: Block) -> Block:
    if isinstance(block, Signature):
        return replace(block, date="", picture=None, imported=False)
    return block
