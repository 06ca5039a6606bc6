"""A table out of an Excel workbook .xlsx, as the text that copying it from there would give."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

MAGIC = b"PK\x03\x04"
"""How a workbook, like every ZIP file, begins."""
MOST_BYTES = 20 * 1024 * 1024
"""Unpacked; a matrix takes a hundredth of it."""
MOST_ROWS, MOST_COLUMNS = 1_000, 400
MOST_CHARACTERS = 4_000_000
"""In all cells together: one long text may be named by every cell."""


class WorkbookError(ValueError):
    """A file that is no workbook, or one that unpacks to far more than a table needs."""


def table_of(data: bytes) -> str:
    """The first sheet: a line a row, cells with tabs between, without empty rows and titles above the table.

    Formulas give the values they last had. Raises WorkbookError.
    """
    from openpyxl import load_workbook  # takes long, and few requests need it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if sum(part.file_size for part in file.infolist()) > MOST_BYTES:
                raise WorkbookError("unpacks to too much")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = _read(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True))
        book.close()
    except WorkbookError:
        raise
    except Exception as error:  # whatever a damaged file makes of a reader of XML
        raise WorkbookError(f"no workbook: {type(error).__name__}") from error
    filled = [row for row in rows if any(row)]
    while filled and sum(map(bool, filled[0])) == 1:
        del filled[0]
    return "\n".join("\t".join(row) for row in _trimmed(filled))


def _read(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    read, left = [], MOST_CHARACTERS
    for row in rows:
        cells = []
        for value in row:
            cells.append(_said(value))
            left -= len(cells[-1])
            if left < 0:
                raise WorkbookError("holds too much text")
        read.append(cells)
    return read


def _said(value: object) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def _trimmed(rows: list[list[str]]) -> Iterable[list[str]]:
    """Without the empty columns at the right."""
    width = max((at + 1 for row in rows for at, cell in enumerate(row) if cell), default=0)
    return (row[:width] for row in rows)
