"""Makes a workbook from its template, and adds to an older one what a newer template has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Tab, TabKind, Template
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.guide import fill_guide
from sheetsync.replicas.excel.look import Look
from sheetsync.replicas.excel.machine import fill_lists, fill_report, fill_status
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.tables import extend_form, extend_table, fill_form, fill_table, missing_columns
from sheetsync.replicas.layout import CHECKS, CONFLICTS, KEY_ROW, LISTS, MACHINE_TITLES, Margin
from sheetsync.replicas.replica import Identity

_MACHINE_COLOR = "9CA3AF"


def make_workbook(path: Path, template: Template, identity: Identity) -> None:
    """Make a new Excel file with every tab of the template, empty and ready to fill.

    Raises:
        ReplicaError: There is a file already, or the folder cannot be written to; nothing was made.
    """
    if path.exists():
        raise ReplicaError(f"{path} is there already.", "Choose another name, or move that file away.")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_missing(workbook, template, identity)
    workbook.active = 0
    workbook.properties.title = template.title
    workbook.properties.creator = "sheetsync"
    _save_new(workbook, path)


def add_missing(workbook: Workbook, template: Template, identity: Identity) -> tuple[str, ...]:
    """Add the tabs, columns and settings that the workbook lacks; what people have there stays.

    Only what belongs to sheetsync changes besides: the template's version in the margins, where the
    dropdowns find their lists, and a Status tab whose blocks moved, which is laid out anew.

    Returns:
        What was added, a sentence each; none where nothing was missing.

    Raises:
        ReplicaError: Something that people put beside a table leaves no room for a new column.
    """
    done: list[str] = []
    for place, tab in enumerate(template.tab):
        sheet = _sheets(workbook).get(tab.key)
        if sheet is None:
            _new_tab(workbook, tab, place, template, identity)
            done.append(f'The tab "{tab.title}" was added.')
        else:
            done += _complete_tab(workbook, sheet, tab, template, identity)
    for key, title in MACHINE_TITLES.items():
        if key not in _sheets(workbook):
            _new_machine_tab(workbook, key, template, identity)
            done.append(f'The tab "{title}" was added.')
    fill_lists(workbook, _sheets(workbook)[LISTS], template, identity.lists)
    _raise_version(workbook, template)
    return tuple(done)


def _sheets(workbook: Workbook) -> dict[str, Worksheet]:
    """The sheets that carry a margin, by tab key; of a copied sheet the first."""
    found: dict[str, Worksheet] = {}
    for sheet in workbook.worksheets:
        margin = Margin.parse(sheet.cell(KEY_ROW, 1).value)
        if margin is not None:
            found.setdefault(margin.tab, sheet)
    return found


def _new_sheet(
    workbook: Workbook, key: str, title: str, template: Template, identity: Identity, place: int | None = None
) -> Worksheet:
    """A sheet with its margin: A1 written, first row and first column hidden."""
    sheet: Worksheet = workbook.create_sheet(title, place)
    margin = Margin(identity.ledger, identity.workbook, _version(template), key)
    sheet.cell(KEY_ROW, 1, margin.text())
    sheet.row_dimensions[KEY_ROW].hidden = True
    sheet.column_dimensions["A"].hidden = True
    return sheet


def _new_tab(workbook: Workbook, tab: Tab, place: int, template: Template, identity: Identity) -> None:
    sheet = _new_sheet(workbook, tab.key, tab.title, template, identity, place)
    look = Look(template.accent)
    sheet.sheet_properties.tabColor = _MACHINE_COLOR if tab.kind is TabKind.STATUS else template.accent
    match tab.kind:
        case TabKind.GUIDE:
            fill_guide(sheet, tab, template, look)
        case TabKind.FORM:
            fill_form(sheet, tab, look)
        case TabKind.TABLE:
            fill_table(sheet, tab, look)
        case TabKind.STATUS:
            fill_status(sheet, tab, template, look)


def _new_machine_tab(workbook: Workbook, key: str, template: Template, identity: Identity) -> None:
    sheet = _new_sheet(workbook, key, MACHINE_TITLES[key], template, identity)
    sheet.sheet_properties.tabColor = _MACHINE_COLOR
    sheet.sheet_state = "hidden"
    if key in (CHECKS, CONFLICTS):
        fill_report(sheet, key, Look(template.accent))


def _complete_tab(
    workbook: Workbook, sheet: Worksheet, tab: Tab, template: Template, identity: Identity
) -> list[str]:
    """Add to a tab that is there what the template has besides."""
    look = Look(template.accent)
    if tab.kind is TabKind.STATUS:
        return _complete_status(workbook, sheet, tab, template, identity)
    missing = missing_columns(sheet, tab)
    if tab.kind is TabKind.FORM:
        extend_form(sheet, tab, missing, look)
    elif missing:
        extend_table(sheet, tab, missing, look)
    if missing:
        _forget_stamp(sheet)
    word = "setting" if tab.kind is TabKind.FORM else "column"
    return [f'The {word} "{column.label}" was added to the tab "{sheet.title}".' for column in missing]


def _forget_stamp(sheet: Worksheet) -> None:
    """The tab takes part anew: its new cells are empty since they are new, not since people emptied them."""
    margin = Margin.parse(sheet.cell(KEY_ROW, 1).value)
    if margin is not None:
        sheet.cell(KEY_ROW, 1, replace(margin, stamp=0).text())


def _complete_status(
    workbook: Workbook, sheet: Worksheet, tab: Tab, template: Template, identity: Identity
) -> list[str]:
    """Lay out a Status tab anew where it is of another version: its blocks and charts may have moved."""
    margin = Margin.parse(sheet.cell(KEY_ROW, 1).value)
    if margin is not None and margin.template == _version(template):
        return []
    place, title, facts = workbook.index(sheet), sheet.title, sheet.cell(KEY_ROW, 1).value
    workbook.remove(sheet)
    fresh = _new_sheet(workbook, tab.key, title, template, identity, place)
    fresh.cell(KEY_ROW, 1, facts)
    fresh.sheet_properties.tabColor = _MACHINE_COLOR
    fill_status(fresh, tab, template, Look(template.accent))
    return [f'The tab "{title}" was laid out anew.']


def _raise_version(workbook: Workbook, template: Template) -> None:
    """Write the template's version into every margin."""
    for sheet in _sheets(workbook).values():
        margin = Margin.parse(sheet.cell(KEY_ROW, 1).value)
        if margin is not None:
            sheet.cell(KEY_ROW, 1, replace(margin, template=_version(template)).text())


def _version(template: Template) -> str:
    return f"{template.key}@{template.version}"


def _save_new(workbook: Workbook, path: Path) -> None:
    """Save to a file beside it first, so that a workbook is there whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(workbook_bytes(workbook))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReplicaError(
            f"{path} cannot be made: {error.strerror}.",
            "Check that the folder is there and can be written to.",
        ) from error
