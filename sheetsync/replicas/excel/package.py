"""Opening an Excel file with a clear answer for everything that can stand in the way."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import openpyxl
from openpyxl import Workbook

from sheetsync.errors import ReplicaBusy, ReplicaError, ReplicaMissing, ReplicaUnreadable

_OLE, _ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
#: More than this unpacked, or packed tighter than this, is no workbook people typed.
_MAX_UNPACKED = 400 * 2**20
_MAX_RATIO = 300

#: How the mark of a file that is read-only goes.
WRITABLE_AGAIN = "Take the mark away: chmod u+w, or Properties > General > Read-only in Windows."


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        ReplicaMissing: There is no such file.
        ReplicaUnreadable: It cannot be read (a folder, no permission).
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReplicaMissing(
            f"{path}: there is no such file.",
            "Was it moved or renamed? Put it back, or correct its path in sheetsync.toml; "
            "`sheetsync provision` makes a new copy from what the ledger remembers.",
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReplicaUnreadable(
            f"{path}: cannot be read ({reason}).", "Check that you may open this file."
        ) from error


def version_of(data: bytes) -> str:
    """Token of a file's content."""
    return hashlib.sha256(data).hexdigest()


def write_beside(path: Path, fill: Callable[[IO[bytes]], object], rights: Path | None = None) -> Path:
    """A new file in the same folder, whole and durable, to be put in the place of another one.

    Args:
        path: The file that is to be replaced.
        fill: Writes the content.
        rights: The file whose access rights it gets; the one that is replaced by default.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod((rights or path).stat().st_mode & 0o777)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def refuse_if_open(path: Path) -> None:
    """Stop where another program has the file open.

    Raises:
        ReplicaBusy: Excel's or LibreOffice's lock file lies beside it.
    """
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise ReplicaBusy(
                f"{path}: is open in another program ({lock.name} lies beside it).",
                "Close it there; the next pass takes it. If nobody has it open, delete that lock file.",
            )


def refuse_if_read_only(path: Path) -> None:
    """Stop where somebody marked the file as read-only: a file put in its place would not ask.

    Raises:
        ReplicaError: Nobody may write it.
    """
    if is_read_only(path):
        raise ReplicaError(f"{path}: is read-only, and stays as it is.", WRITABLE_AGAIN)


def is_read_only(path: Path) -> bool:
    """Whether a file is there, and marked so that nobody writes it, its owner included."""
    return path.exists() and not path.stat().st_mode & 0o222


def load(data: bytes, path: Path, *, results: bool = False) -> Workbook:
    """The workbook in a file's bytes.

    Args:
        results: Read what formulas came to, instead of the formulas.

    Raises:
        ReplicaUnreadable: It is encrypted, cut short, or not a workbook.
    """
    refuse_what_is_no_workbook(data, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it drops; that is not for people
            workbook = openpyxl.load_workbook(
                io.BytesIO(data), data_only=results, keep_vba=path.suffix.lower() == ".xlsm"
            )
    except Exception as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error
    if not workbook.worksheets:
        raise ReplicaUnreadable(
            f"{path}: holds no worksheet that can be read (is it saved as Strict Open XML?).",
            'Open it and save it as "Excel Workbook (.xlsx)".',
        )
    return workbook


def refuse_what_is_no_workbook(data: bytes, path: Path) -> None:
    """Stop at what is no package at all.

    Raises:
        ReplicaUnreadable: It is encrypted, of an old format, cut short, or would unpack to gigabytes.
    """
    if not data:
        raise _damaged(path, "it is empty, 0 bytes")
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise ReplicaUnreadable(
            f"{path}: is protected by a password.", "Open it, remove the password, and save it again."
        )
    if data.startswith(_OLE):
        raise ReplicaUnreadable(
            f"{path}: is an Excel 97-2003 file (.xls).", 'Open it and save it as "Excel Workbook (.xlsx)".'
        )
    if not data.startswith(b"PK"):
        raise ReplicaUnreadable(
            f"{path}: is not an Excel workbook.", 'Save it as "Excel Workbook (.xlsx)" and try again.'
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(member.file_size for member in package.infolist())
            encrypted = any(member.flag_bits & 1 for member in package.infolist())
            names = {name.replace("\\", "/").lower().lstrip("/") for name in package.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _damaged(path, "the end of the file is missing or overwritten") from error
    if encrypted:
        raise ReplicaUnreadable(
            f"{path}: parts of it are encrypted.", "Remove the password and save it again."
        )
    if other := _other_format(names):
        raise ReplicaUnreadable(
            f"{path}: is {other}, not an Excel workbook (.xlsx).",
            'Save it as "Excel Workbook (.xlsx)" and try again.',
        )
    if unpacked > _MAX_UNPACKED or unpacked > _MAX_RATIO * max(len(data), 2**16):
        raise ReplicaUnreadable(
            f"{path}: would unpack to {unpacked // 2**20} MiB, which no workbook of people does.",
            "It may be made to harm; do not open it.",
        )
    if "[content_types].xml" not in names:
        raise ReplicaUnreadable(
            f"{path}: is a zip file, but not an Excel workbook.",
            'Save it as "Excel Workbook (.xlsx)" and try again.',
        )


def _other_format(names: set[str]) -> str:
    """What another application calls a package with these members; "" where it is none of theirs."""
    if names & {"mimetype", "content.xml"}:
        return "an OpenDocument file (.ods)"
    if any(name.endswith(".iwa") for name in names):
        return "a Numbers file"
    return "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else ""


def _damaged(path: Path, reason: str) -> ReplicaUnreadable:
    return ReplicaUnreadable(
        f"{path}: is damaged or cut short and cannot be read ({reason}).",
        "Open it in Excel or LibreOffice and save it again.",
    )
