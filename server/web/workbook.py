"""A table out of an Excel workbook .xlsx, as the text that copying it from there would give."""

from __future__ import annotations

from collections.abc import Iterable

from server.criteria.workbook import MAGIC, MOST_CHARACTERS, WorkbookError, open_workbook

__all__ = ["MAGIC", "WorkbookError", "table_of"]

MOST_ROWS, MOST_COLUMNS = 1_000, 400


def table_of(data: bytes) -> str:
    """The first sheet: a line a row, cells with tabs between, without empty rows and titles above the table.

    Formulas give the values they last had. Raises WorkbookError.
    """
    book = open_workbook(data, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        rows = _read(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True))
    except WorkbookError:
        raise
    except Exception as error:  # sheets are read as they are asked for, damaged ones too
        raise WorkbookError(f"no workbook: {type(error).__name__}") from error
    finally:
        book.close()
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
