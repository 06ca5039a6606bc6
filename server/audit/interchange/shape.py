"""What stands where in a file, worked out once from the Structs of `model`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import msgspec.inspect as mi
from msgspec import Struct

from server.audit.entries import Text

Kind = Literal[
    "object",
    "pair",
    "list",
    "map",
    "clauses",
    "where",
    "rest",
    "text",
    "code",
    "name",
    "word",
    "day",
    "moment",
    "truth",
    "whole",
    "number",
    "any",
]
_SCALARS: tuple[tuple[type, Kind], ...] = (
    (mi.DateTimeType, "moment"),
    (mi.BoolType, "truth"),
    (mi.IntType, "whole"),
    (mi.FloatType, "number"),
    (mi.StrType, "text"),
)


@dataclass(slots=True)
class Shape:
    """How one value is read. `item` is of a list or map, the rest of an object or of a word."""

    kind: Kind
    item: Shape | None = None
    vocabulary: str = ""
    cls: type[Struct] | None = None
    fields: dict[str, tuple[str, Shape]] = field(default_factory=dict)
    """Key in the file → name in the Struct and shape."""
    required: tuple[str, ...] = ()
    where: str = ""
    rest: str = ""


@cache
def shape_of(struct: type[Struct]) -> Shape:
    """The shape of an object of the file."""
    return _shape(mi.type_info(struct))


def _shape(info: Any) -> Shape:
    extra: dict[str, str] = {}
    while isinstance(info, (mi.Metadata, mi.UnionType)):
        if isinstance(info, mi.Metadata):
            extra |= info.extra or {}
            info = info.type
        else:
            info = next(part for part in info.types if not isinstance(part, mi.NoneType))
    read: Any = extra.get("read")
    if read:
        return Shape(read, vocabulary=extra.get("vocabulary", ""))
    if isinstance(info, mi.StructType):
        return Shape("pair") if info.cls is Text else _object(info)
    if isinstance(info, mi.ListType):
        return Shape("list", item=_shape(info.item_type))
    if isinstance(info, mi.DictType):
        return Shape("map", item=_shape(info.value_type))
    return Shape(next((kind for known, kind in _SCALARS if isinstance(info, known)), "any"))


def _object(info: mi.StructType) -> Shape:
    made = Shape("object", cls=info.cls)
    for one in info.fields:
        shape = _shape(one.type)
        if shape.kind == "where":
            made.where = one.name
        elif shape.kind == "rest":
            made.rest = one.name
        else:
            made.fields[one.encode_name] = (one.name, shape)
    made.required = tuple(one.encode_name for one in info.fields if one.required)
    return made
