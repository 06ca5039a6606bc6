"""Bytes as a phone sends them."""

from __future__ import annotations

import base64
import hashlib

from tests.support.world import AUDIT, Visitor


def upload(visitor: Visitor, data: bytes) -> str:
    """Send all of it in one piece; its hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    tus = {"Clausewalk": "1", "Tus-Resumable": "1.0.0"}
    metadata = f"sha256 {base64.b64encode(sha256.encode()).decode()}"
    begun = visitor.ask(
        "POST",
        f"/audits/{AUDIT}/uploads",
        headers=tus | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata},
    )
    sending = tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    visitor.ask("PATCH", begun.headers["Location"], headers=sending, content=data)
    return sha256
