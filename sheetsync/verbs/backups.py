"""Taking a person, or rows whose day is over, out of the versions of files that are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
        left: Those that cannot be edited, and are to be deleted.
    """

    edited: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()


def clean_backups(
    kept: Mapping[Path, Template | None],
    names: Names,
    without: Without,
    *,
    still: Names | None = None,
    dry_run: bool = False,
) -> Cleaned:
    """Edit the versions that name somebody, as replicas are.

    Args:
        kept: The versions, and what they were made from where that is known.
        names: Whether a text names them.
        without: What is written to a version.
        still: What may not be left; by default, what names them.
        dry_run: Say what would become of them, and change nothing.
    """
    went_on: list[Path] = []
    left: list[Path] = []
    for path, template in kept.items():
        if not names_in(path, names):
            continue
        content = template and edited(path, template, partial(without, template), names)
        if not content or names_in(BytesIO(content), still or names):
            left.append(path)
        elif content != path.read_bytes():
            went_on.append(path)
            if not dry_run:
                with _changing(path):
                    replace(path, content)
    return Cleaned(tuple(went_on), tuple(left))


def delete(paths: Iterable[Path]) -> None:
    """Delete files that sheetsync keeps.

    Raises:
        ReplicaError: One cannot be deleted.
    """
    for path in paths:
        with _changing(path):
            path.unlink()


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReplicaError(
            f"{path}: cannot be changed ({error.strerror or error}).",
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
        delete(done.left)
        for file in done.left:
            yield f"{file}: was deleted, for it held a row whose day of deletion has come."
