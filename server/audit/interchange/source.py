"""The source of an import: decoded, in its canonical form, and the first place where two differ."""

from __future__ import annotations

import codecs
import json
from typing import Any

import msgspec

from server.audit.interchange.problems import Path, refusal

MAX_BYTES = 32 * 1024 * 1024
"""An audit of 10,000 observations has about 20 MB; anything larger is not an audit."""

MAX_DEPTH = 40
"""The format itself is 6 deep; beyond this nobody wrote it by hand or by program."""

LARGEST_INTEGER = 2**63

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> dict[str, Any]:
    """The JSON object of a file, without its `traps`. Raises `Refused` for anything that is not one."""
    if len(data) > MAX_BYTES:
        raise refusal((), "文件超过32 MB", "the file is larger than 32 MB")
    try:
        value = msgspec.json.decode(_text(data))
    except RecursionError:
        raise refusal((), "JSON嵌套过深", "the JSON is nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise refusal((), f"不是有效的JSON文件（{error}）", f"not a valid JSON file ({error})") from None
    if not isinstance(value, dict):
        raise refusal((), "文件最外层应为一个对象", "the file must hold one JSON object")
    _check_storable(value, ())
    value.pop("traps", None)
    return value


def _text(data: bytes) -> str:
    """UTF-8 with or without its mark; UTF-16 with its mark; else GB 18030, as older Chinese programs save."""
    if data.startswith(_UTF16):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _check_storable(value: Any, path: Path) -> None:
    """Refuse what an entry could not hold wherever it stands: nesting without end, numbers without size."""
    if len(path) > MAX_DEPTH:
        raise refusal((), "JSON嵌套过深", "the JSON is nested too deeply")
    if isinstance(value, int) and abs(value) >= LARGEST_INTEGER:
        raise refusal(path, "数字过大，应写成文本", "the number is too large; write it as text")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        _check_storable(part, (*path, step))


def canonical(source: dict[str, Any]) -> bytes:
    """The one form in which a source is stored and hashed, whatever its blanks and order of keys were."""
    return json.dumps(source, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def difference(old: Any, new: Any, path: Path = ()) -> Path | None:
    """The path of the first difference (keys in the order of `new`), None if both say the same."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*new, *(key for key in old if key not in new)]
        pairs = [(key, old.get(key, ...), new.get(key, ...)) for key in keys]
    elif isinstance(old, list) and isinstance(new, list):
        longest = range(max(len(old), len(new)))
        pairs = [(i, old[i] if i < len(old) else ..., new[i] if i < len(new) else ...) for i in longest]
    else:
        same = old == new and isinstance(old, bool) == isinstance(new, bool)
        return None if same else path
    for step, before, after in pairs:
        found = difference(before, after, (*path, step))
        if found is not None:
            return found
    return None
