"""Entries as devices make them: bytes, serialised once."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

AUTHOR = "0190f000-0000-7000-8000-00000000000a"
OTHER = "0190f000-0000-7000-8000-00000000000b"


def new_id() -> str:
    return str(uuid4())


def entry(
    kind: str, body: Any, audit: str, *, by: str = AUTHOR, entry_id: str = "", made_at: str = ""
) -> bytes:
    """One entry's bytes."""
    return json.dumps(
        {
            "kind": kind,
            "id": entry_id or new_id(),
            "audit": audit,
            "made_at": made_at or "2026-09-10T10:00:00+08:00",
            "by": by,
            "device": "phone",
            "body": body,
        },
        ensure_ascii=False,
    ).encode()


def opened(audit: str) -> bytes:
    return entry("opened", {"number": "90017-2026"}, audit)


def observed(audit: str, text: str = "看:现场整洁", **more: Any) -> bytes:
    return entry("observed", {"stop": "s1", "text": {"zh": text}}, audit, **more)


def id_of(raw: bytes) -> str:
    found: str = json.loads(raw)["id"]
    return found
