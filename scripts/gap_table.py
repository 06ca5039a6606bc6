"""Write the table of gap kinds in docs/gaps.md from the data: `python scripts/gap_table.py`."""

from __future__ import annotations

from pathlib import Path

from server.audit.gaps.catalogue import GATES, KINDS, Kind

PAGE = Path(__file__).parents[1] / "docs" / "gaps.md"
BEGIN, END = "<!-- table: scripts/gap_table.py -->", "<!-- end of table -->"
HEAD = "| code | severity | what 缺什么 | how to mend it 怎么补 | from |"
TITLES = {
    "leave": "Before leaving the site 离场",
    "closing": "Before the closing meeting 末次会议",
    "release": "Before release 提交",
}


def table() -> str:
    """The kinds gate by gate, as Markdown."""
    parts = []
    for gate in GATES:
        parts += [f"### {TITLES[gate]}", "", HEAD, "|---|---|---|---|---|"]
        parts += [_row(code, kind) for code, kind in KINDS.items() if kind.gate == gate]
        parts.append("")
    return "\n".join(parts)


def _row(code: str, kind: Kind) -> str:
    mend = f"{kind.mend.en} · {kind.mend.zh}"
    kept = f" **Not to be dismissed**: {kind.kept.en} · {kind.kept.zh}" if kind.kept else ""
    return f"| `{code}` | {kind.severity} | {kind.title.en} · {kind.title.zh} | {mend}{kept} | {kind.rules} |"


def page(text: str) -> str:
    """The page with the table as the data have it now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
