"""Reading an answer's HTML as a person does: words, links, fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_HIDDEN = ("script", "style", "head", "title")
_VOID = ("input", "img", "meta", "link", "br", "hr")


@dataclass
class Tag:
    """A start tag: its name, its attributes, the text up to its end."""

    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Html(HTMLParser):
    """Everything in a page that tests ask for."""

    source: str
    tags: list[Tag] = field(default_factory=list)
    _open: list[Tag] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Tag(tag, {name: value or "" for name, value in attrs})
        self.tags.append(found)
        if tag not in _VOID:
            self._open.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(opened.name == tag for opened in self._open):
            while self._open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(tag.name in _HIDDEN for tag in self._open):
            for tag in self._open:
                tag.text += data

    def all(self, tag_name: str, /, **attributes: str) -> list[Tag]:
        """Tags of that name with these attributes (`class_`: one of the classes; `data_x` is `data-x`)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            tag
            for tag in self.tags
            if tag.name == tag_name and all(_has(tag, key, value) for key, value in wanted.items())
        ]

    def one(self, tag_name: str, /, **attributes: str) -> Tag:
        """The only such tag."""
        found = self.all(tag_name, **attributes)
        assert len(found) == 1, f"{len(found)} × <{tag_name} {attributes}>"
        return found[0]

    @property
    def words(self) -> str:
        """All visible text, blanks run together."""
        return " ".join(next(tag.text for tag in self.tags if tag.name == "body").split())

    @property
    def links(self) -> list[str]:
        """Where the page leads, in order."""
        return [tag.attributes["href"] for tag in self.all("a") if "href" in tag.attributes]


def _has(tag: Tag, key: str, value: str) -> bool:
    own = tag.attributes.get(key)
    if own is None:
        return False
    return value in own.split() if key == "class" else own == value
