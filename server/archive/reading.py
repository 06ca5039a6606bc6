"""Reading an exported audit: everything in it is checked before anything is believed, every damage named."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

import msgspec
from msgspec import Struct

from server.archive import layout
from server.archive.damage import sentence
from server.archive.layout import Content, Line, Manifest, Person
from server.audit.admission import broken_value
from server.audit.entries import Opened, UnknownKind, decode
from server.audit.interchange.problems import Problem, Refused
from server.audit.state import Record, State, fold
from server.journal.chain import checksum, standing_digest
from server.journal.store import Head, Row
from server.journal.verify import Damage, find_damage

MAX_MEMBERS = 200_000
MAX_BYTES = {
    layout.MANIFEST: 64 << 20,
    layout.ENTRIES: 1 << 30,
    layout.INDEX: 256 << 20,
    layout.PEOPLE: 16 << 20,
}
"""More than the largest audit has: a file that claims more is not read."""

_PIECE = 1024 * 1024
T = TypeVar("T")


class Archive(Struct, frozen=True, kw_only=True):
    """An exported audit that is whole: what it says and what it holds. Blobs stay in the file."""

    path: Path
    manifest: Manifest
    rows: list[Row]
    people: list[Person]
    erased: tuple[Damage, ...]
    state: State


class _Unreadable(Exception):
    """Reading can't go on: the problems found so far are all there are."""


class _Found:
    """Collects what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, where: str, zh: str, en: str) -> None:
        self.problems.append(Problem(where, zh, en))

    def stop(self, where: str, zh: str, en: str) -> _Unreadable:
        self.note(where, zh, en)
        return _Unreadable()


def is_zip(data: bytes) -> bool:
    """Whether a file that begins so is a zip."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def read_archive(path: Path, head: str | None = None) -> Archive:
    """Read and check an export; `head` is a head hash seen earlier that must be in it. Blocks.

    Raises `Refused` with every damage found, `OSError` where the file can't be read.
    """
    found = _Found()
    try:
        with _opened(path, found) as zipped:
            return _Reader(path, zipped, found).read(head)
    except _Unreadable:
        raise Refused(found.problems) from None


@contextmanager
def _opened(path: Path, found: _Found) -> Iterator[zipfile.ZipFile]:
    try:
        zipped = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise found.stop(
            "", "不是完整的ZIP文件，可能没有下载完", f"is no whole zip file, perhaps it was cut off ({error})"
        ) from None
    with zipped:
        yield zipped


def pieces_of(zipped: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a member, piece by piece. Raises `zipfile.BadZipFile` where its checksum is wrong."""
    with zipped.open(name) as file:
        while piece := file.read(_PIECE):
            yield piece


class _Reader:
    def __init__(self, path: Path, zipped: zipfile.ZipFile, found: _Found) -> None:
        self._path, self._zipped, self._found = path, zipped, found
        self._members: dict[str, zipfile.ZipInfo] = {}

    def read(self, head: str | None) -> Archive:
        self._check_members()
        manifest = self._manifest()
        self._check_names(manifest)
        self._check_blobs(manifest)
        entries = self._content(layout.ENTRIES, manifest.entries)
        lines = self._lines(layout.INDEX, manifest.index, Line)
        people = self._lines(layout.PEOPLE, manifest.people, Person)
        rows = self._rows(manifest.audit, entries, lines)
        erased = self._check_chain(manifest, rows, head)
        state = self._state(manifest, rows)
        if self._found.problems or state is None:
            raise _Unreadable
        return Archive(
            path=self._path, manifest=manifest, rows=rows, people=people, erased=erased, state=state
        )

    def _check_members(self) -> None:
        """What a zip can hold besides plain files is refused by name; nothing of it was written anywhere."""
        listed = self._zipped.infolist()
        if len(listed) > MAX_MEMBERS:
            raise self._found.stop("", f"文件多于{MAX_MEMBERS}个", f"holds more than {MAX_MEMBERS} files")
        for info in listed:
            if wrong := _wrong_with(info, self._members):
                self._found.note(info.filename, *wrong)
            self._members[info.filename] = info
        if self._found.problems:
            raise _Unreadable

    def _manifest(self) -> Manifest:
        if layout.MANIFEST not in self._members:
            raise self._found.stop(
                layout.MANIFEST,
                "缺少清单，不是Clausewalk导出的审核",
                "is missing: this is no audit exported by Clausewalk",
            )
        data = self._bytes(layout.MANIFEST)
        named = self._decoded(layout.MANIFEST, data, _Named)
        if named.format != layout.FORMAT:
            raise self._found.stop(
                layout.MANIFEST,
                f"不是审核导出文件（{named.format}）",
                f"is no exported audit ({named.format})",
            )
        if named.version != layout.VERSION:
            raise self._found.stop(
                layout.MANIFEST,
                f"格式版本{named.version}，本程序只读版本{layout.VERSION}，请先升级",
                f"is version {named.version}; this program reads version {layout.VERSION}: upgrade it first",
            )
        manifest = self._decoded(layout.MANIFEST, data, Manifest)
        for blob in manifest.blobs:
            if not _is_moment(blob.received_at):
                self._found.note(
                    layout.BLOBS + blob.sha256, "收到时间不是时间", "its received_at is no moment"
                )
        return manifest

    def _check_names(self, manifest: Manifest) -> None:
        """Each file that the manifest names is there once, and no other."""
        named = [layout.MANIFEST, layout.ENTRIES, layout.INDEX, layout.PEOPLE]
        named += [layout.PINNED + one.sha256 for one in manifest.pinned]
        named += [layout.BLOBS + one.sha256 for one in manifest.blobs]
        for name in (name for name, times in Counter(named).items() if times > 1):
            self._found.note(name, "清单里有两次", "stands twice in the manifest")
        for name in sorted(set(named) - self._members.keys()):
            self._found.note(name, "清单里有，文件里没有", "is in the manifest and missing from the file")
        for name in sorted(self._members.keys() - set(named)):
            self._found.note(name, "清单里没有这个文件", "is not in the manifest")

    def _check_blobs(self, manifest: Manifest) -> None:
        for pinned in manifest.pinned:
            content = Content(size=pinned.size, sha256=pinned.sha256)
            self._check_content(layout.PINNED + pinned.sha256, content)
        for blob in manifest.blobs:
            self._check_content(layout.BLOBS + blob.sha256, Content(size=blob.size, sha256=blob.sha256))

    def _check_content(self, name: str, content: Content) -> None:
        if name not in self._members:
            return
        if (size := self._members[name].file_size) != content.size:
            self._found.note(
                name, f"应有{content.size}字节，实有{size}", f"has {size} bytes and not {content.size}"
            )
            return
        digest = hashlib.sha256()
        try:
            for piece in pieces_of(self._zipped, name):
                digest.update(piece)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            self._found.note(name, "读不出来，文件损坏", f"can't be read: {error}")
            return
        if digest.hexdigest() != content.sha256:
            self._found.note(name, "内容与哈希不符", "its bytes are not what its hash says")

    def _content(self, name: str, content: Content) -> bytes:
        before = len(self._found.problems)
        self._check_content(name, content)
        if name not in self._members or len(self._found.problems) > before:
            raise _Unreadable
        return self._bytes(name)

    def _bytes(self, name: str) -> bytes:
        if self._members[name].file_size > MAX_BYTES[name]:
            raise self._found.stop(name, "过大", "is larger than that of any audit")
        try:
            return self._zipped.read(name)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            raise self._found.stop(name, "读不出来，文件损坏", f"can't be read: {error}") from None

    def _decoded(self, name: str, data: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(data, type=kind)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise self._found.stop(name, f"看不懂（{error}）", f"can't be understood: {error}") from None
        except RecursionError:
            raise self._found.stop(name, "JSON嵌套过深", "the JSON is nested too deeply") from None

    def _lines(self, name: str, content: Content, kind: type[T]) -> list[T]:
        data = self._content(name, content)
        return [
            self._decoded(f"{name}:{number}", line, kind)
            for number, line in enumerate(data.split(b"\n")[:-1], start=1)
        ]

    def _rows(self, audit: str, entries: bytes, lines: Iterable[Line]) -> list[Row]:
        rows, offset = [], 0
        for number, line in enumerate(lines, start=1):
            raw = entries[offset : offset + line.size]
            where = f"{layout.INDEX}:{number}"
            if line.erased:
                rows.append(_row(audit, line, b""))
                if line.size:
                    self._found.note(where, "已删除的条目不应有内容", "an erased entry has no bytes")
                continue
            if entries[offset + line.size : offset + line.size + 1] != b"\n":
                raise self._found.stop(where, "条目的边界对不上", "the entry doesn't end where it should")
            offset += line.size + 1
            if hashlib.sha256(raw).hexdigest() != line.sha256:
                self._found.note(where, "条目内容与哈希不符", "the entry's bytes are not what its hash says")
            rows.append(_row(audit, line, raw))
        if offset != len(entries):
            self._found.note(
                layout.ENTRIES, "多出索引里没有的内容", "holds bytes that the index doesn't name"
            )
        return rows

    def _check_chain(self, manifest: Manifest, rows: list[Row], head: str | None) -> tuple[Damage, ...]:
        where_it_ends = Head(manifest.head.seq, manifest.head.hash)
        if len({row.record.seq for row in rows}) < len(rows):
            raise self._found.stop(layout.INDEX, "有重复的序号", "two entries have one seq")
        if len({row.id for row in rows}) < len(rows):
            self._found.note(layout.INDEX, "两条条目的编号相同", "two entries have one id")
        damages = find_damage(manifest.audit, rows, where_it_ends, head)
        for damage in damages:
            if damage.problem != "erased":
                self._found.note(f"{layout.INDEX}:{damage.seq}", *sentence(damage))
        if standing_digest(row.record for row in rows) != manifest.standing:
            self._found.note(
                layout.INDEX,
                "条目的收录状态、原因或时钟偏差被改动",
                "standing, reason or clock skew of an entry was changed",
            )
        return tuple(damage for damage in damages if damage.problem == "erased")

    def _state(self, manifest: Manifest, rows: list[Row]) -> State | None:
        """The state that the entries make, decoded one by one so that each that can't be read is named."""
        for row in rows:
            if row.record.digest:
                continue
            try:
                entry = decode(row.record.raw)
            except UnknownKind:
                continue
            except ValueError as error:
                self._found.note(
                    f"{layout.INDEX}:{row.record.seq}",
                    f"条目看不懂（{error}）",
                    f"can't be understood: {error}",
                )
                continue
            if broken := broken_value(entry):
                where = f"{layout.INDEX}:{row.record.seq}"
                self._found.note(
                    where, f"条目的值放不进审核（{broken}）", f"its value fits no audit: {broken}"
                )
            if isinstance(entry, Opened) and entry.body.number != manifest.number:
                self._found.note(
                    layout.MANIFEST, "审核编号与条目不符", "names another number than its entries"
                )
        if self._found.problems:
            return None
        state = fold(manifest.audit, [row.record for row in rows])
        if state.opened is None:
            self._found.note(layout.INDEX, "没有建立审核的条目", "no entry opens the audit")
        return state


class _Named(Struct):
    format: str = ""
    version: int = 0


def _wrong_with(info: zipfile.ZipInfo, seen: dict[str, zipfile.ZipInfo]) -> tuple[str, str] | None:
    """What is wrong with a member, in both languages, by its description alone."""
    name = info.filename
    if name in seen:
        return "同名文件出现两次", "stands twice in the file"
    if name != info.orig_filename or "\\" in name or name.startswith("/") or ".." in name.split("/"):
        return "文件名不安全", "its name leads outside"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "是链接，不是文件", "is a link and no file"
    if info.is_dir():
        return "是文件夹，不是文件", "is a folder and no file"
    if info.flag_bits & 0x1:
        return "已加密", "is encrypted"
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        return "被压缩过；请用导出的原文件，不要重新打包", "is compressed: take the file as it was exported"
    return None


def _row(audit: str, line: Line, raw: bytes) -> Row:
    record = Record(
        line.seq,
        raw,
        line.standing,
        line.received_at,
        line.hash,
        line.skew_ms,
        line.reason,
        line.sha256 if line.erased else "",
        line.id if line.erased else "",
    )
    return Row(audit, line.id, record, checksum(record))


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def open_blob(zipped: zipfile.ZipFile, sha256: str) -> IO[bytes]:
    """A blob of an archive that was read and found whole."""
    return zipped.open(layout.BLOBS + sha256)
