"""Keeping a list that comes as a spreadsheet among a house's own files."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from pathlib import Path

import msgspec

from server.criteria.document import read_documents
from server.criteria.model import PLACE, SECTOR
from server.criteria.sheet import read_sheet
from server.files import write_whole
from server.settings import data_root

_FOLDERS = {PLACE: "places", SECTOR: "sectors"}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was kept; ``replaced``: in the place of the house's own of that id."""

    id: str
    title: str
    items: int
    replaced: bool


def keep_list(own: Path, name: str, data: bytes) -> Kept:
    """Keep the list in the workbook ``data``, called ``name``, in the house's folder ``own``.

    It takes the place of the house's list of that id. Raises ``CriteriaError``, and keeps nothing, where a
    cell is wrong or a shipped list has that id.
    """
    shipped = data_root("checklists")
    before = read_documents([own]) if any(own.rglob("*.toml")) else []
    taken = {one.id for one in read_documents([shipped]) if one.kind == "list"}
    text = read_sheet(Path(Path(name).name), data, [own, shipped] if before else [shipped], taken)
    raw = tomllib.loads(text)
    there = next((one for one in before if (one.kind, one.id) == ("list", raw["id"])), None)
    path = there.path if there else own / _FOLDERS.get(raw["kind"], "lists") / f"{_file_name(raw['id'])}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode(), 0o644)
    return Kept(id=raw["id"], title=raw["title"]["zh"], items=len(raw["items"]), replaced=there is not None)


def _file_name(key: str) -> str:
    """Of any id a name that every disk takes, different for different ids."""
    plain = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:60]
    return plain if plain == key else f"{plain}-{sha256(key.encode()).hexdigest()[:8]}".strip("-")
