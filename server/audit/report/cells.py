"""Typed rows — cards of observations, answered tables — as cells in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.audit.entries import Observation, Text
from server.audit.report.context import Context, same, words
from server.audit.report.tree import Table
from server.criteria.model import CardType, Column

_YES = Text(zh="是", en="Yes")
_NO = Text(zh="否", en="No")


def card_tables(context: Context, observation: Observation, without: Sequence[str] = ()) -> list[Table]:
    """The cards of an observation; a card of an unknown type stands under its own keys."""
    tables = []
    for card in observation.cards:
        if card.type in without or not card.rows:
            continue
        known = context.criteria.cards.get(card.type)
        columns = known.columns if known else _own_columns(card.rows)
        if known:
            columns = [*columns, *_records_column(known, card.rows)]
        title = words(known.title) if known else same(card.type)
        tables.append(
            Table(
                title=title,
                columns=[words(column.title) for column in columns],
                rows=cells(context, columns, card.rows),
            )
        )
    return tables


def cells(context: Context, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> list[list[Text]]:
    """Rows in the order of the columns. A translation stands beside its column as `<column>_en`."""
    return [[_in_column(context, column, row) for column in columns] for row in rows]


def _in_column(context: Context, column: Column, row: Mapping[str, Any]) -> Text:
    value = row.get(column.key)
    if column.key == "department" and isinstance(value, str):
        return context.department(value)
    return cell(value, row.get(f"{column.key}_en"), column)


def cell(value: object, translation: object = None, column: Column | None = None) -> Text:
    """A cell as printed: pairs of languages stay pairs, yes and no are words, lists are listed."""
    if isinstance(translation, str) and translation:
        return Text(zh="" if value is None else str(value), en=translation)
    match value:
        case None:
            return Text()
        case bool():
            return _YES if value else _NO
        case dict() if "zh" in value or "en" in value:
            return Text(zh=str(value.get("zh", "")), en=str(value.get("en", "")))
        case dict():
            return same(_record(value))
        case list():
            return same("；".join(_record(item) for item in value))
        case str():
            return _written(value, column)
    return same(str(value))


def _written(value: str, column: Column | None) -> Text:
    """A word of the column's options has its translation; anything else stands as written."""
    for option in column.options if column else ():
        if value in (option.zh, option.en):
            return words(option)
    return same(value) if value.isascii() else Text(zh=value)


def _record(item: object) -> str:
    if isinstance(item, dict):
        return " ".join(str(part) for part in item.values() if part not in (None, ""))
    return str(item)


def _own_columns(rows: Iterable[Mapping[str, Any]]) -> list[Column]:
    keys = dict.fromkeys(key for row in rows for key in row)
    return [Column(key=key, title=same(key)) for key in keys]


def _records_column(card_type: CardType, rows: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Single records listed below a row get a column of their own where there are any."""
    if not card_type.records or not any(row.get("records") for row in rows):
        return []
    return [Column(key="records", title=Text(zh="逐件记录", en="Records"))]
