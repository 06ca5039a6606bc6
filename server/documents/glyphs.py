"""Characters that no font at hand can print: PDF/A refuses them, so they are printed as their number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typst

FONTS = '("Noto Sans CJK SC", "DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern Math")'
_COMMON = re.compile("[\n -~\u00a0-\u00ff\u3000-\u303f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uff01-\uff5e]+")
_NAMED = re.compile(r'(?:the text|codepoint) `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SOURCE = f"""#set document(title: "x")
#set text(font: {FONTS}, fallback: false)
#sys.inputs.text.split("|").join(parbreak())"""
_BETWEEN = "|"
_MOST = 64
"""More odd characters than this are not tried one by one."""


def unprintable(text: str, work: Path, fonts: Sequence[Path], standards: Any) -> set[str]:
    """The characters of `text` that can't be printed with these fonts to these PDF standards.

    `work` is a folder for a file of our own, `fonts` are the folders of the fonts.
    """
    odd = set(_COMMON.sub("", text)) - {_BETWEEN}
    source = work / "glyphs.typ"
    source.write_text(_SOURCE, encoding="utf-8")
    compiler = typst.Compiler(
        input=str(source),
        root=str(work),
        font_paths=[str(folder) for folder in fonts],
        ignore_system_fonts=True,
    )
    refused: set[str] = set()
    while odd:
        try:
            compiler.compile(sys_inputs={"text": _BETWEEN.join(sorted(odd))}, pdf_standards=standards)
        except typst.TypstError as error:
            named = set(_named(str(error))) & odd
            if not named or len(refused) > _MOST:
                return refused | odd
            refused |= named
            odd -= named
        else:
            break
    return refused


def _named(message: str) -> Iterable[str]:
    for quoted in _NAMED.findall(message):
        yield from _ESCAPED.sub(lambda code: chr(int(code.group(1), 16)), quoted)


def replaced(text: str, refused: Iterable[str]) -> str:
    """`text` (also JSON) with each refused character as `[U+1F44D]`."""
    return text.translate({ord(char): f"[U+{ord(char):04X}]" for char in refused})
