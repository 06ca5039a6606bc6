"""Department × clause: who answers for what (● main, ○ related)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from server.audit.coverage import plain
from server.audit.setup import Mark, Setup, Stop
from server.criteria.clauses import parse_clause
from server.criteria.model import ClauseRef

Row = dict[ClauseRef, Mark]
Matrix = dict[str, Row]
"""By department, in the order of the client's own list."""

MARKS: Mapping[str, Mark] = {
    **dict.fromkeys(("●", "▲", "★", "◎", "主", "主责", "m", "main", "x", "√", "1"), "main"),
    **dict.fromkeys(("○", "△", "☆", "相关", "配合", "协", "r", "related", "o", "0", "〇"), "related"),
}
"""How spreadsheets write the two marks."""


def matrix_of(setup: Setup) -> Matrix:
    """The matrix of an audit: rows as configured, others read from the stops planned for the department."""
    schemes = setup.visit.schemes
    configured = {name: _row(marks, schemes) for name, marks in setup.matrix.items()}
    names = [one.zh or one.en for one in setup.client.departments]
    names += [name for name in configured if name not in names]
    audited = [stop for stop in setup.stops.values() if stop.type == "audit" and stop.department]
    names += [stop.department for stop in audited]
    return {
        name: configured[name] if name in configured else _of_stops(name, audited)
        for name in dict.fromkeys(names)
        if name
    }


def _row(marks: Mapping[str, Mark], schemes: Collection[str]) -> Row:
    """A row of the set-up by clause; a code that names none is left out."""
    row: Row = {}
    for code, mark in marks.items():
        try:
            row.update(dict.fromkeys(parse_clause(code, schemes), mark))
        except ValueError:
            continue
    return row


def _of_stops(department: str, stops: Iterable[Stop]) -> Row:
    return {
        plain(clause): "main" for stop in stops if stop.department == department for clause in stop.clauses
    }


def merged(rows: Iterable[Mapping[str, Mark]]) -> dict[str, Mark]:
    """Versions of one row that stand side by side, laid together: ● beats ○ beats nothing."""
    together: dict[str, Mark] = {}
    for row in rows:
        for code, mark in row.items():
            if together.get(code) != "main":
                together[code] = mark
    return together


def due_clauses(setup: Setup, auditable: Mapping[str, Collection[ClauseRef]]) -> list[ClauseRef]:
    """The clauses this audit has to cover unless its cycle says otherwise: those somebody answers for.

    `auditable`: the clauses of each scheme. A scheme without a single ● is due as a whole.
    """
    owned = {ref for row in matrix_of(setup).values() for ref, mark in row.items() if mark == "main"}
    due: list[ClauseRef] = []
    for clauses in auditable.values():
        own = [ref for ref in clauses if any(ref.within(one) or one.within(ref) for one in owned)]
        due += own or clauses
    return due


def covers(planned: Iterable[ClauseRef], wanted: ClauseRef) -> bool:
    """Whether a clause is among the planned: itself, one that holds it, or one of its sub-clauses."""
    return any(wanted.within(one) or one.within(wanted) for one in planned)


class Pasted(dict[str, dict[str, Mark]]):
    """Rows read from a table, by department; `unread` are cells that were not understood."""

    def __init__(self) -> None:
        super().__init__()
        self.unread: list[str] = []


def read_table(text: str, known: Collection[ClauseRef]) -> Pasted:
    """A matrix as copied from a spreadsheet or saved as CSV, either way round.

    Departments stand in the first column and clauses in the first line, or clauses in the first column and
    departments in the first line. Text without any clause is no table: nothing is read. A clause that this
    audit does not have, and a mark that is none, is named in `unread`; the rest is read.
    """
    lines = [_cells(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = [line for line in lines if any(line)]
    pasted = Pasted()
    if len(lines) < 2:
        pasted.unread += [cell for line in lines for cell in line if cell]
        return pasted
    schemes = {ref.scheme for ref in known}
    if _codes(lines[0][1:], schemes) < _codes([line[0] for line in lines[1:]], schemes):
        width = max(map(len, lines))
        lines = [[line[at] if at < len(line) else "" for line in lines] for at in range(width)]
    columns = [_clauses(cell, known, pasted.unread) for cell in lines[0]]
    if not any(columns[1:]):
        return pasted
    for line in lines[1:]:
        if line[0]:
            pasted[line[0]] = _read_row(line, columns, pasted.unread)
    return pasted


def _cells(line: str) -> list[str]:
    separator = "\t" if "\t" in line else "," if "," in line else ";"
    return [cell.strip().strip('"').strip() for cell in line.split(separator)]


def _codes(cells: Iterable[str], schemes: Collection[str]) -> int:
    return sum(_is_code(cell, schemes) for cell in cells)


def _is_code(cell: str, schemes: Collection[str]) -> bool:
    try:
        return bool(parse_clause(_code(cell), schemes))
    except ValueError:
        return False


def _code(cell: str) -> str:
    """The code at the beginning of a heading such as `Q8.5.1 生产和服务提供的控制`."""
    found = re.match(r"[A-Za-z/]*\s*[\d.]+(/[A-Za-z]+\s*[\d.]+)*", cell.strip())
    return found[0].rstrip(".") if found else cell


def _clauses(cell: str, known: Collection[ClauseRef], unread: list[str]) -> list[ClauseRef]:
    """The lowest clauses that a heading names; a parent names all that lie in it."""
    schemes = {ref.scheme for ref in known}
    if not _is_code(cell, schemes):
        return []
    named = parse_clause(_code(cell), schemes)
    found = [ref for ref in known if any(ref.within(one) for one in named)]
    if not found:
        unread.append(cell)
    return found


def _read_row(line: list[str], columns: list[list[ClauseRef]], unread: list[str]) -> dict[str, Mark]:
    row: dict[str, Mark] = {}
    for cell, clauses in zip(line[1:], columns[1:], strict=False):
        mark = MARKS.get(cell.lower())
        if cell and mark is None and clauses:
            unread.append(f"{line[0]}：{cell}")
        if mark is not None:
            row.update({ref.code: mark for ref in clauses})
    return row
