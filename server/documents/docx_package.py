"""Photos in a Word package: parts that hold no bytes until the package is written, then stream from disk."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx.document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every file in the package: the same content gives the same bytes."""
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


class Media:
    """The pictures of one document, each once."""

    def __init__(self, document: docx.document.Document) -> None:
        self.document = document
        self._ids: dict[str, str] = {}
        self._files: dict[str, Path | bytes] = {}

    def add(self, name: str, content: Path | bytes, suffix: str) -> str:
        """The relationship id of a picture (suffix jpg or png), put into the package under a number."""
        if name not in self._ids:
            part_name = f"/word/media/picture{len(self._ids) + 1}.{suffix}"
            package = self.document.part.package
            part = Part(PackURI(part_name), _TYPES[suffix], b"", package)
            self._ids[name] = self.document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
            self._files[part_name[1:]] = content
        return self._ids[name]

    def save(self, target: Path, tick: Callable[[], None]) -> None:
        """Write the document to `target`: its texts packed, its pictures streamed in unpacked."""
        bare = io.BytesIO()
        self.document.save(bare)
        with zipfile.ZipFile(bare) as source, zipfile.ZipFile(target, "w") as output:
            for entry in source.infolist():
                info = zipfile.ZipInfo(entry.filename, _FIRST_DAY)
                picture = self._files.get(entry.filename)
                if picture is None:
                    info.compress_type = zipfile.ZIP_DEFLATED
                    output.writestr(info, source.read(entry))
                    continue
                _stream(output, info, picture)
                tick()


def _stream(output: zipfile.ZipFile, info: zipfile.ZipInfo, content: Path | bytes) -> None:
    if isinstance(content, bytes):
        output.writestr(info, content)
        return
    info.file_size = content.stat().st_size
    with output.open(info, "w") as entry, content.open("rb") as file:
        shutil.copyfileobj(file, entry)
