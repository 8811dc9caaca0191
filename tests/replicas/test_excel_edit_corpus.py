"""Real workbooks, edited in place: the edit is there, and nothing else has changed."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import pytest

from replicas.excel_raw import collected
from replicas.excel_seen import Edits, assert_exact, edited, expected, seen_by_calamine
from sheetsync.core.values import Boolean
from sheetsync.errors import SheetsyncError

pytestmark = pytest.mark.skipif(
    not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks"
)
BOOKS = collected()
#: Files that LibreOffice is given in one go.
GROUP = 25
#: Of those that no editor may touch, or that hold nothing to edit, by what the refusal says.
REFUSED = {
    "digitally signed",
    "is shared in the old way",
    "a cell that is locked would be written",
    "declares a document type",
    "is cut short",
    "is damaged",
    "is a zip file, but not an Excel workbook",
}


@pytest.mark.parametrize("source", BOOKS, ids=lambda path: path.name)
def test_a_real_workbook_is_edited_exactly_or_refused_for_a_good_reason(source: Path, tmp_path: Path) -> None:
    before, target = source.read_bytes(), tmp_path / "edited.xlsx"
    refusal = None
    try:
        sheet, edits = edited(source, target)
    except SheetsyncError as error:
        refusal = error
    assert source.read_bytes() == before
    if refusal is None:
        assert_exact(before, target.read_bytes(), sheet.name, edits)
    else:
        assert (str(source) in refusal.what, bool(refusal.do), target.exists()) == (True, True, False)
        assert any(reason in refusal.what for reason in REFUSED), refusal.what


@pytest.mark.office
@pytest.mark.parametrize("first", range(0, len(BOOKS), GROUP))
def test_libreoffice_shows_the_edits(first: int, soffice: str, tmp_path: Path) -> None:
    done: dict[str, tuple[str, Edits]] = {}
    for source in BOOKS[first : first + GROUP]:
        target = tmp_path / source.name
        with contextlib.suppress(SheetsyncError):
            sheet, edits = edited(source, target)
            done[target.name] = sheet.name, edits
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    files = [str(tmp_path / name) for name in done]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=300)
    for name, (sheet, edits) in done.items():
        saved = (tmp_path / "saved" / name).with_suffix(".xlsx").read_bytes()
        seen = seen_by_calamine(saved, sheet, edits)
        assert seen is not None, name
        assert {it: as_number(value) for it, value in seen.items()} == {
            it: as_number(value) for it, value in expected(edits).items()
        }, name


def as_number(value: object) -> object:
    """LibreOffice saves a truth value as a number where the cell's format is one of numbers."""
    return int(value is Boolean.TRUE) if isinstance(value, Boolean) else value
