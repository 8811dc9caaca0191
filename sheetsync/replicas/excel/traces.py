"""What stays in an Excel file of values that stand in no cell any more: unused texts, charts' memory."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from sheetsync.replicas.excel.parts import Parts

_TEXTS = re.compile(r"(?:.*/)?sharedStrings\.xml$", re.IGNORECASE)
_CHART = re.compile(r"xl/charts/.*\.xml$")
_PROPERTIES = "docProps/core.xml"
_SHARED_CELL = re.compile(
    rb"""<(?:[\w.-]+:)?c\b[^<>]*\st\s*=\s*["']s["'][^<>]*>.*?<(?:[\w.-]+:)?v\b[^<>]*>\s*(\d+)\s*</""",
    re.DOTALL,
)
_TEXT = re.compile(rb"<si\b[^>]*/>|<si\b.*?</si>", re.DOTALL)
_CACHED = re.compile(rb"(<c:v>)(.*?)(</c:v>)", re.DOTALL)
_MAKER = re.compile(rb"(<(?:dc:creator|cp:lastModifiedBy)\b[^>]*>)(.*?)(</)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
#: No cell that shows a shared text takes more bytes.
_LONGEST_CELL = 1 << 16

#: Whether a text names somebody.
Names = Callable[[str], bool]


def names_in(source: Path | IO[bytes], names: Names) -> bool:
    """Whether any part of a package, unpacked, names somebody."""
    try:
        with zipfile.ZipFile(source) as package:
            return any(names(_plain(package.read(name))) for name in package.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def any_of(texts: Iterable[str]) -> Names:
    """Whether a text is one of these, however it is spaced."""
    known = {_squeezed(text) for text in texts} - {""}
    return lambda text: _squeezed(text) in known


def beside(words: Iterable[str], names: Names) -> Names:
    """Whether a text names somebody beside these words, which do not mean them."""
    meant = sorted(filter(names, map(_spaced, words)), key=len, reverse=True)

    def named(text: str) -> bool:
        if names(text):
            text = _spaced(text)
            for words in meant:
                text = text.replace(words, " ")
        return names(text)

    return named


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _squeezed(text: str) -> str:
    return "".join(text.split())


def without_traces(parts: Parts, names: Names) -> bytes:
    """The file without what no cell shows and names somebody; its cells stay as they are."""
    changed = _unused(parts, names)
    for name in parts.package.names():
        pattern = _CACHED if _CHART.match(name) else _MAKER if name == _PROPERTIES else None
        if pattern and (new := _emptied(pattern, old := parts.read(name), names)) != old:
            changed[name] = [new]
    return _packed(parts, changed)


def without_unused(parts: Parts, names: Names) -> bytes:
    """The file without those of its shared texts that no cell shows and that name somebody."""
    return _packed(parts, _unused(parts, names))


def _packed(parts: Parts, changed: dict[str, list[bytes]]) -> bytes:
    if not changed:
        return parts.package.content
    target = io.BytesIO()
    parts.package.write(target, changed)
    return target.getvalue()


def _unused(parts: Parts, names: Names) -> dict[str, list[bytes]]:
    """Unused texts are emptied, not taken out: cells know the others by their number."""
    changed = {}
    for name in filter(_TEXTS.match, parts.package.names()):
        texts = list(_TEXT.finditer(content := parts.read(name)))
        named = {number for number, text in enumerate(texts) if names(_plain(text.group(0)))}
        if unused := named and named - _shown(parts):
            pieces, at = [], 0
            for number in sorted(unused):
                start, end = texts[number].span()
                pieces += [content[at:start], b"<si><t/></si>"]
                at = end
            changed[name] = [*pieces, content[at:]]
    return changed


def _shown(parts: Parts) -> set[int]:
    """Numbers of the shared texts that cells show."""
    shown: set[int] = set()
    for sheet in parts.sheets:
        rest = b""
        for piece in parts.stream(sheet.part):
            rest = rest[-_LONGEST_CELL:] + piece
            shown.update(map(int, _SHARED_CELL.findall(rest)))
    return shown


def _emptied(pattern: re.Pattern[bytes], content: bytes, names: Names) -> bytes:
    return pattern.sub(
        lambda found: found.group(1) + found.group(3) if names(_plain(found.group(2))) else found.group(0),
        content,
    )


def _plain(content: bytes) -> str:
    """The text of a part of XML; tags part its words."""
    return html.unescape(_TAG.sub(" ", content.decode("utf-8", "replace")))
