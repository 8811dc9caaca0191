"""What stays in an Excel file of values that stand in no cell any more: unused texts, charts' memory."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from sheetsync.replicas.excel.opc import Package

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$")
_SHARED_CELL = re.compile(rb"<c\b[^>]*\st=\"s\"[^>]*>.*?<v>(\d+)</v>", re.DOTALL)
_TEXT = re.compile(rb"<si\b[^>]*/>|<si\b.*?</si>", re.DOTALL)
_CACHED = re.compile(rb"(<c:v>)(.*?)(</c:v>)", re.DOTALL)
_MAKER = re.compile(rb"(<(?:dc:creator|cp:lastModifiedBy)\b[^>]*>)(.*?)(</)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

#: Whether a text names somebody.
Names = Callable[[str], bool]


def names_in(path: Path, names: Names) -> bool:
    """Whether any part of a package, unpacked, names somebody."""
    try:
        with zipfile.ZipFile(path) as package:
            return any(names(_plain(package.read(name))) for name in package.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def backups_that_name(folder: Path, names: Names) -> list[Path]:
    """The earlier versions of files, kept in a folder, that name somebody."""
    return [path for path in sorted(folder.rglob("*.xls[xm]")) if path.is_file() and names_in(path, names)]


def drop_backups(folder: Path, names: Names) -> None:
    """Delete the earlier versions that name somebody."""
    for path in backups_that_name(folder, names):
        path.unlink()


def without_traces(content: bytes, names: Names) -> bytes:
    """The file without texts that no cell shows and that name somebody; its cells stay as they are."""
    package = Package(content)
    changed = {}
    for name in package.names():
        if not name.endswith(".xml"):
            continue
        old = package.read(name)
        if names(_plain(old)) and (new := _cleaned(package, name, old, names)) != old:
            changed[name] = [new]
    if not changed:
        return content
    target = io.BytesIO()
    package.write(target, changed)
    return target.getvalue()


def _cleaned(package: Package, name: str, content: bytes, names: Names) -> bytes:
    if name.endswith("sharedStrings.xml"):
        return _without_unused(package, content, names)
    if name.startswith("xl/charts/"):
        return _emptied(_CACHED, content, names)
    return _emptied(_MAKER, content, names) if name == "docProps/core.xml" else content


def _without_unused(package: Package, content: bytes, names: Names) -> bytes:
    """Unused texts are emptied, not taken out: cells know the others by their number."""
    used = {
        int(number)
        for name in package.names()
        if _SHEET.match(name)
        for number in _SHARED_CELL.findall(package.read(name))
    }
    numbers = iter(range(content.count(b"<si")))

    def empty(found: re.Match[bytes]) -> bytes:
        unused = next(numbers) not in used
        return b"<si><t/></si>" if unused and names(_plain(found.group(0))) else found.group(0)

    return _TEXT.sub(empty, content)


def _emptied(pattern: re.Pattern[bytes], content: bytes, names: Names) -> bytes:
    return pattern.sub(
        lambda found: found.group(1) + found.group(3) if names(_plain(found.group(2))) else found.group(0),
        content,
    )


def _plain(content: bytes) -> str:
    """The text of a part of XML; tags part its words."""
    return html.unescape(_TAG.sub(" ", content.decode("utf-8", "replace")))
