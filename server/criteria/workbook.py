"""Opening an Excel workbook .xlsx from somebody's disk, without giving it more room than a table needs."""

from __future__ import annotations

import io
import zipfile
from typing import Any

MAGIC = b"PK\x03\x04"
"""How a workbook, like every ZIP file, begins."""
MOST_BYTES = 20 * 1024 * 1024
"""Unpacked; a matrix and a checklist take a hundredth of it."""
MOST_CHARACTERS = 4_000_000
"""In all cells together: one long text may be named by every cell."""


class WorkbookError(ValueError):
    """A file that is no workbook, or one that unpacks to far more than a table needs."""


def open_workbook(data: bytes, *, most: int = MOST_BYTES, **options: bool) -> Any:
    """The workbook in `data`, `options` as openpyxl has them. Raises WorkbookError."""
    from openpyxl import load_workbook  # takes long, and few requests need it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if sum(part.file_size for part in file.infolist()) > most:
                raise WorkbookError("unpacks to too much")
        return load_workbook(io.BytesIO(data), **options)
    except WorkbookError:
        raise
    except Exception as error:  # whatever a damaged file makes of a reader of XML
        raise WorkbookError(f"no workbook: {type(error).__name__}") from error
