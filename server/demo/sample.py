"""The sample audit: an invented client, audit and house, as an interchange file and as a state."""

from __future__ import annotations

from importlib.resources import files

from server.audit.interchange import parse, to_entries
from server.audit.interchange.preview import preview
from server.audit.state import State
from server.criteria.load import Criteria, load_criteria
from server.settings import data_root


def sample_file() -> bytes:
    """The sample audit as an interchange file."""
    return files(__package__).joinpath("sample-audit.json").read_bytes()


def sample_state(criteria: Criteria | None = None) -> State:
    """The imported sample audit, folded without a database."""
    known = criteria or load_criteria(data_root("checklists"))
    return preview(to_entries(parse(sample_file()), known).entries)
