"""What is in a document that was handed over: its words, and its pictures as pixels."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile
from pathlib import Path

from docx import Document
from PIL import Image
from pypdf import PdfReader

Picture = tuple[tuple[int, int], tuple[int, int, int]]
"""Width and height, and the colour that one gets by mixing all of it."""


def read_docx(path: Path) -> tuple[str, list[Picture]]:
    """All words of a Word file's body without blanks, in the order of the text, and its pictures."""
    body = Document(str(path)).element.body
    words = "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))
    with zipfile.ZipFile(path) as file:
        media = [file.read(name) for name in file.namelist() if name.startswith("word/media/")]
    return packed(words), [look(data) for data in media]


def read_pdf(path: Path) -> tuple[str, list[Picture]]:
    """All words of a PDF without blanks, and its pictures."""
    reader = PdfReader(path)
    words = "".join(page.extract_text() for page in reader.pages)
    return packed(words), [look(image.data) for page in reader.pages for image in page.images]


def read_html(path: Path) -> tuple[str, list[Picture]]:
    """All words of an HTML file without blanks, and the pictures it carries itself."""
    text = path.read_text("utf-8")
    carried = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', text)
    return words_of_html(text), [look(base64.b64decode(data)) for data in carried]


def words_of_html(text: str) -> str:
    """All words of a page without blanks."""
    words = re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", "", text, flags=re.DOTALL)
    return packed(html.unescape(words))


def packed(text: str) -> str:
    """The text without blanks and line breaks, which every format puts where it likes."""
    return re.sub(r"\s+", "", text)


def look(data: bytes) -> Picture:
    """Size and mixed colour of a picture."""
    with Image.open(io.BytesIO(data)) as picture:
        mixed = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX)
        red, green, blue = mixed.tobytes()
        return picture.size, (red, green, blue)
