"""Tables of the tree as ruled tables whose columns are as wide as what they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.audit.report import tree
from server.documents.printed import Grid, Languages, Words
from server.documents.wording import length, words

_LATIN = re.compile(r"[!-~]+")
_LEAST, _MOST = 5, 40
_AIR = 2
"""Room beside the longest word of a cell: its padding, in Chinese characters."""


def grid(table: tree.Table, lang: Languages) -> Grid:
    """A table of the tree in the language asked for."""
    columns = [words(column, lang) for column in table.columns]
    rows = [[words(cell, lang) for cell in row] for row in table.rows]
    return Grid(columns=columns, rows=rows, widths=widths(columns, rows), title=words(table.title, lang))


def widths(columns: Sequence[Words], rows: Sequence[Sequence[Words]]) -> list[int]:
    """Shares of the line: by the longest words of each column, within limits so that none starves."""
    shares = []
    for at, column in enumerate(columns):
        cells = [column, *(row[at] for row in rows if at < len(row))]
        longest = max(length(cell) for cell in cells)
        word = max(_longest_word(cell) for cell in cells)
        shares.append(min(max(longest, word + _AIR, _LEAST), _MOST))
    return shares


def _longest_word(cell: Words) -> int:
    """The room that the longest Latin word or number needs, which can't be torn."""
    found = [len(word) for one in cell for word in _LATIN.findall(one.text)]
    return (max(found, default=0) + 1) // 2
