"""Taking a person, or rows whose day is over, out of the versions of files that are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from sheetsync.core.leaving import Erased, told_of, without_erased
from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot
from sheetsync.errors import ReplicaError
from sheetsync.program import Program, Workbook
from sheetsync.replicas.excel.backups import Backups, edited, replace
from sheetsync.replicas.excel.traces import Names, names_in

#: What is written to a version, by what stands there.
Without = Callable[[Template, Snapshot], Edit]


@dataclass(frozen=True)
class Cleaned:
    """What became of the versions that named somebody.

    Attributes:
        edited: Those that go on without them.
        deleted: Those that could not be edited.
    """

    edited: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def clean_backups(
    kept: Mapping[Path, Template | None],
    names: Names,
    without: Without,
    *,
    still: Names | None = None,
    dry_run: bool = False,
) -> Cleaned:
    """Edit the versions that name somebody, as replicas are; delete those that still do, or cannot be edited.

    Args:
        kept: The versions, and what they were made from where that is known.
        names: Whether a text names them.
        without: What is written to a version.
        still: What may not be left; by default, what names them.
        dry_run: Say what would become of them, and change nothing.
    """
    went_on: list[str] = []
    deleted: list[str] = []
    for path, template in kept.items():
        if not names_in(path, names):
            continue
        content = template and edited(path, template, partial(without, template), names)
        if not content or names_in(BytesIO(content), still or names):
            content = None
        if content == path.read_bytes():
            continue
        (went_on if content else deleted).append(str(path))
        if not dry_run:
            _put(path, content)
    return Cleaned(tuple(went_on), tuple(deleted))


def _put(path: Path, content: bytes | None) -> None:
    try:
        if content:
            replace(path, content)
        else:
            path.unlink()
    except OSError as error:
        raise ReplicaError(
            f"{path}: this backup cannot be changed ({error.strerror or error}).",
            "Check that you may write to its folder and that the disk has room, then run again.",
        ) from error


def kept_of(program: Program) -> dict[Path, Template | None]:
    """All versions that are kept, also of copies that the program does not list any more."""
    found = (path for path in sorted((program.state / "backups").rglob("*.xls[xm]")) if path.is_file())
    return dict.fromkeys(found) | {
        path: template
        for workbook in program.workbooks
        for path, template in _kept_of(program, workbook).items()
    }


def _kept_of(program: Program, workbook: Workbook) -> dict[Path, Template | None]:
    folder = program.state / "backups"
    files = (path for name in workbook.replicas for path in Backups(folder, name).files())
    return dict.fromkeys(files, workbook.template)


def clean_expired(program: Program, workbook: Workbook, erased: Collection[Erased]) -> Iterator[str]:
    """Take records out of the versions that are kept; tells which of these had to be deleted for it.

    Others may be called what they were called: only their ids may not be left.
    """
    if erased:
        ids = {row_id for _, row_id, _ in erased}
        names = told_of(erased, workbook.template).is_in
        without = partial(without_erased, erased)
        kept = _kept_of(program, workbook)
        done = clean_backups(kept, names, without, still=lambda text: any(it in text for it in ids))
        for file in done.deleted:
            yield f"{file}: was deleted, for it held a row whose day of deletion has come."
