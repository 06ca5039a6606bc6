"""Every key of the interchange file as tables, made from its schema: `docs/interchange-fields.md`."""

from __future__ import annotations

from typing import Any

from server.audit.interchange.schema import schema

_TOP = "File"
_HEAD = """# Interchange file: every key

Made from the JSON Schema by `python -m server.audit.interchange.fields`; a test compares the two. What the
keys become and what else is understood: [interchange.md](interchange.md). *required*: without it the thing is
nothing. Everything else may be missing, null, "" or [].
"""
_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object, kept as written",
}


def as_markdown() -> str:
    """The file `docs/interchange-fields.md`: a table per kind of object, in order of appearance."""
    parts = schema()["$defs"]
    places = _places(parts)
    sections = [_section(name, parts[name], where) for name, where in places.items()]
    return "\n".join([_HEAD, *sections])


def _places(parts: dict[str, Any]) -> dict[str, list[str]]:
    """Kinds of object by first appearance, and where in a file each stands."""
    found: dict[str, list[str]] = {_TOP: ["/"]}
    waiting = [(_TOP, "")]
    while waiting:
        name, path = waiting.pop(0)
        for key, described in parts[name].get("properties", {}).items():
            for inner, more in _objects(described):
                place = f"{path}/{key}{more}"
                if place not in found.setdefault(inner, []) and len(found[inner]) < 8:
                    found[inner].append(place)
                    waiting.append((inner, place))
    return found


def _objects(described: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    """Kinds of object that a key may hold, each with what its path adds."""
    if "$ref" in described:
        return [(described["$ref"].rsplit("/", 1)[1], path)]
    found = [one for option in described.get("anyOf", ()) for one in _objects(option, path)]
    for key, step in (("items", "/0"), ("additionalProperties", "/…")):
        if isinstance(described.get(key), dict):
            found += _objects(described[key], path + step)
    return found


def _section(name: str, part: dict[str, Any], where: list[str]) -> str:
    lines = [f"## {name}", "", "At " + ", ".join(f"`{place}`" for place in where) + "."]
    if "description" in part:
        lines += ["", part["description"].split("\n\n")[0].replace("\n", " ")]
    options = part.get("anyOf", ())
    if options:
        lines += ["", *(f"- {_option(option)}" for option in options)]
    if "properties" in part:
        lines += ["", "| key | what | |", "|---|---|---|"]
        required = part.get("required", ())
        for key, described in part["properties"].items():
            lines.append(f"| `{key}` | {_what(described)} | {'required' if key in required else ''} |")
    return "\n".join([*lines, ""])


def _option(option: dict[str, Any]) -> str:
    keys = ", ".join(f"`{key}`" for key in option.get("properties", ()))
    return f"an object with {keys}" if keys else option.get("description", _what(option))


def _what(described: dict[str, Any]) -> str:
    """What a key holds, in words."""
    if "$ref" in described:
        name = described["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    options = [_what(option) for option in described.get("anyOf", ()) if option.get("type") != "null"]
    if options:
        return " or ".join(dict.fromkeys(options))
    kinds = described.get("type", "")
    kind = next((one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null"), "")
    if kind == "array":
        return f"list of {_what(described.get('items', {})) or 'anything'}"
    if kind == "object" and isinstance(described.get("additionalProperties"), dict):
        return f"object: by name, {_what(described['additionalProperties'])}"
    words = described.get("description") or _PLAIN.get(kind, "anything")
    return str(words)


if __name__ == "__main__":
    print(as_markdown(), end="")
