"""The public JSON Schema of the interchange file, made from its shape.

It describes a tidy file; the reader takes more (`docs/interchange.md`).
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from server.audit.interchange.model import VERSION, File

_NOT_IN_THE_FILE = ("where", "rest")
_CLAUSE = {
    "anyOf": [
        {"type": "string", "description": "a code such as Q8.5.1 or E/O8.2"},
        {
            "type": "object",
            "required": ["scheme", "clause"],
            "properties": {
                "scheme": {"type": "string"},
                "clause": {"type": "string"},
                "outcome": {"type": "string", "description": "where it differs from the observation's"},
            },
        },
    ]
}
ID = f"urn:clausewalk:interchange:{VERSION}"


def schema() -> dict[str, Any]:
    """The schema (draft 2020-12). Everything that is not required may also be null."""
    made = msgspec.json.schema(File)
    parts: dict[str, Any] = made["$defs"]
    for part in parts.values():
        _tidy(part)
    parts["Clause"] = _CLAUSE
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "Clausewalk audit interchange file",
        "description": f"One audit: who, what, when, the walk, the results. Version {VERSION}, UTF-8.",
        **made,
    }


def _tidy(part: dict[str, Any]) -> None:
    properties: dict[str, Any] = part["properties"]
    for name in _NOT_IN_THE_FILE:
        properties.pop(name, None)
    required = part.get("required", ())
    for name, described in properties.items():
        described.pop("default", None)
        if name not in required and described and {"type": "null"} not in described.get("anyOf", ()):
            properties[name] = _or_null(described)


def _or_null(described: dict[str, Any]) -> dict[str, Any]:
    if isinstance(described.get("type"), str):
        return {**described, "type": [described["type"], "null"]}
    return {"anyOf": [described, {"type": "null"}]}


def as_text() -> str:
    """The schema as the file `server/audit/data/interchange.schema.json` holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(as_text(), end="")
