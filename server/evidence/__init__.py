"""Photos and other bytes: received whole or not at all, kept as received, shown as pictures only."""

from server.evidence.blobs import Blobs
from server.evidence.check import BlobDamage, check_blobs
from server.evidence.pictures import NotAPicture, Pictures
from server.evidence.rooms import Evidence
from server.evidence.uploads import Uploads

__all__ = ["BlobDamage", "Blobs", "Evidence", "NotAPicture", "Pictures", "Uploads", "check_blobs"]
