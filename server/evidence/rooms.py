"""Blobs, uploads and pictures of one data folder, opened together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.database import Database
from server.evidence.blobs import Blobs
from server.evidence.pictures import Pictures
from server.evidence.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Evidence:
    """What handlers and commands need of this room."""

    blobs: Blobs
    uploads: Uploads
    pictures: Pictures

    @classmethod
    async def open(cls, db: Database, data: Path) -> Evidence:
        """The evidence under a data folder, its tables made or brought up to date."""
        blobs = await Blobs.open(db, data / "blobs")
        pictures = Pictures(blobs, data / "pictures")
        return cls(blobs, Uploads(blobs, data / "uploads"), pictures)
