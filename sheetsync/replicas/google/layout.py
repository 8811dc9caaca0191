"""From a sheet that was described for Excel to the requests that make the same one in Google."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from openpyxl.cell import Cell
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.status.sheet import CHART_COLUMN
from sheetsync.core.values import canonical
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.charts import charts, charts_on
from sheetsync.replicas.google.guards import conditional_formats, validations
from sheetsync.replicas.google.looks import cell_format, color
from sheetsync.replicas.google.pages import Page
from sheetsync.replicas.google.ranges import grid_range, in_notation
from sheetsync.replicas.google.requests import entered, update_cells
from sheetsync.replicas.grid import Position
from sheetsync.replicas.layout import FIRST_ROW, HEADER_ROW, KEY_ROW, LIST_ROWS, LISTS, Margin

#: Rows of a new sheet (each is read in every pass, so not the usual 1,000), and columns beside those in use.
_ROWS, _SPARE_COLUMNS = 200, 3
_CHART_COLUMNS = 16
_LIST_END = FIRST_ROW + LIST_ROWS - 1
#: Pixels of a character of Excel's default font, and around it; pixels of a point.
_CHARACTER, _AROUND, _POINT = 7, 5, 4 / 3
_CELL = "userEnteredValue,userEnteredFormat,note"


def add_sheet(
    sheet: Worksheet, sheet_id: int, index: int, titles: Mapping[str, int], *, machine: bool
) -> Iterator[Json]:
    """The requests that make a sheet whole.

    Args:
        sheet: As it was described for Excel.
        sheet_id: Its id in Google.
        index: Its place among the sheets.
        titles: Sheet id of each title, for links.
        machine: Whether sheetsync alone writes there.
    """
    rows, columns = _frozen(sheet)
    size = {"rowCount": _height(sheet), "columnCount": _width(sheet)}
    grid = size | {"frozenRowCount": rows, "frozenColumnCount": columns}
    grid["hideGridlines"] = not sheet.sheet_view.showGridLines
    facts = {"sheetId": sheet_id, "title": sheet.title, "index": index, "gridProperties": grid}
    facts["hidden"] = sheet.sheet_state != "visible"
    if sheet.sheet_properties.tabColor is not None:
        facts["tabColorStyle"] = color(sheet.sheet_properties.tabColor.rgb)
    yield {"addSheet": {"properties": facts}}
    yield from column_looks(sheet, sheet_id, rows)
    yield from fill_cells(sheet, sheet_id, titles)
    yield from _row_heights(sheet, sheet_id)
    yield from _filter(sheet, sheet_id, size["rowCount"])
    yield from _protection(sheet, sheet_id, machine=machine)
    yield from charts(sheet, sheet_id)


def lists_of(title: str, names: Mapping[str, str]) -> dict[str, str]:
    """Where each list stands, by its defined name, as dropdowns name it.

    Args:
        title: Of the Lists tab.
        names: Defined name -> what it refers to in Excel, which begins with the list's first cell.
    """
    found = {}
    for name, text in names.items():
        column = text.partition("!$")[2].partition("$")[0]
        found[name] = "=" + in_notation(title, f"${column}${FIRST_ROW}:${column}${_LIST_END}")
    return found


def fill_cells(
    sheet: Worksheet, sheet_id: int, titles: Mapping[str, int], known: Collection[Position] = ()
) -> Iterator[Json]:
    """The requests that write a sheet's cells with their looks and notes.

    Args:
        sheet: As it was described for Excel.
        sheet_id: Its id in Google.
        titles: Sheet id of each title, for links.
        known: Cells that stand there already, just so.
    """
    cells = {
        place: (_CELL, _cell_data(cell, titles))
        for place, cell in cells_of(sheet).items()
        if place not in known and (cell.value is not None or cell.has_style)
    }
    yield from update_cells(sheet_id, cells)


def column_looks(sheet: Worksheet, sheet_id: int, header_rows: int, known: int = 0) -> Iterator[Json]:
    """The requests for widths, hidden columns, and how the cells below the header look.

    Args:
        sheet: As it was described for Excel.
        sheet_id: Its id in Google.
        header_rows: So many rows at the top are no records.
        known: So many columns on the left stay as they are.
    """
    for letters, dimension in sheet.column_dimensions.items():
        column = column_index_from_string(letters)
        if column <= known:
            continue
        place = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": column - 1, "endIndex": column}
        facts = {"pixelSize": round(dimension.width * _CHARACTER + _AROUND), "hiddenByUser": dimension.hidden}
        changed = {"range": place, "properties": facts, "fields": "pixelSize,hiddenByUser"}
        yield {"updateDimensionProperties": changed}
        if dimension.has_style and header_rows:
            cells = {"sheetId": sheet_id, "startRowIndex": header_rows}
            cells |= {"startColumnIndex": column - 1, "endColumnIndex": column}
            look = {"userEnteredFormat": cell_format(dimension)}
            yield {"repeatCell": {"range": cells, "cell": look, "fields": "userEnteredFormat"}}


def guards(sheet: Worksheet, sheet_id: int, lists: Mapping[str, str]) -> Iterator[Json]:
    """The requests for what cells offer, warn of and underline."""
    yield from validations(sheet, sheet_id, lists)
    yield from conditional_formats(sheet, sheet_id)


def cleared(page: Page, laid: Worksheet) -> Iterator[Json]:
    """The requests that empty a sheet of ours which is laid out anew, people's formulas and charts aside."""
    kept = cells_of(laid).keys() | page.grid.formulas
    old: dict[Position, tuple[str, Json]] = {
        (row, column): (_CELL, {})
        for row, values in enumerate(page.grid.rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None and (row, column) not in kept
    }
    yield from update_cells(page.id, old)
    for _ in page.furniture.get("conditionalFormats", ()):
        yield {"deleteConditionalFormatRule": {"sheetId": page.id, "index": 0}}
    for chart in page.furniture.get("charts", ()):
        anchor = chart["position"].get("overlayPosition", {}).get("anchorCell", {})
        if anchor.get("columnIndex") == CHART_COLUMN - 1:
            yield {"deleteEmbeddedObject": {"objectId": chart["chartId"]}}


def widened(page: Page, columns: int) -> Iterator[Json]:
    """The requests that let a table's filter and bands reach to its last column."""
    bands, filtered = page.furniture.get("bandedRanges", ()), page.furniture.get("basicFilter")
    if columns > page.grid.width:
        for band in bands:
            if band["range"].get("startRowIndex") == HEADER_ROW - 1:
                yield {"updateBanding": {"bandedRange": _wider(band, columns), "fields": "range"}}
        if filtered:
            yield {"setBasicFilter": {"filter": _wider(filtered, columns)}}


def _wider(ranged: Json, columns: int) -> Json:
    return ranged | {"range": ranged["range"] | {"endColumnIndex": columns}}


def protect_columns(sheet_id: int, columns: Collection[int]) -> Iterator[Json]:
    """The requests that warn people who type into columns that sheetsync fills."""
    for column in columns:
        place = {"sheetId": sheet_id, "startRowIndex": HEADER_ROW}
        yield _warning(place | {"startColumnIndex": column - 1, "endColumnIndex": column})


def computed_columns(sheet: Worksheet, known: int = 0) -> list[int]:
    """Columns of a table that sheetsync fills: their headers say so."""
    return [
        column
        for (row, column), cell in cells_of(sheet).items()
        if row == HEADER_ROW and column > known and "(auto)" in cell.number_format
    ]


def cells_of(sheet: Worksheet) -> dict[Position, Cell]:
    """The cells of a sheet by row and column."""
    return {
        (number, column): cell
        for number, row in enumerate(sheet.iter_rows(), 1)
        for column, cell in enumerate(row, 1)
        if isinstance(cell, Cell)
    }


def _cell_data(cell: Cell, titles: Mapping[str, int]) -> Json:
    found: Json = {"userEnteredValue": entered(canonical(cell.value))}
    if cell.has_style:
        found["userEnteredFormat"] = cell_format(cell)
    if cell.comment is not None:
        found["note"] = cell.comment.text
    if cell.hyperlink is not None:
        look = found.setdefault("userEnteredFormat", {})
        look["textFormat"] = look.get("textFormat", {}) | {"link": {"uri": _address(cell, titles)}}
    return found


def _address(cell: Cell, titles: Mapping[str, int]) -> str:
    """Where a link leads; within the workbook by the sheet's id, which stays when it is renamed."""
    assert cell.hyperlink is not None
    place = cell.hyperlink.location
    if not place:
        return str(cell.hyperlink.target)
    title, _, reference = place.rpartition("!")
    return f"#gid={titles[title.strip(chr(39)).replace(chr(39) * 2, chr(39))]}&range={reference}"


def _frozen(sheet: Worksheet) -> tuple[int, int]:
    """So many rows and columns stay in sight."""
    row, column = coordinate_to_tuple(sheet.freeze_panes or "A1")
    return row - 1, column - 1


def _height(sheet: Worksheet) -> int:
    margin = Margin.parse(sheet.cell(KEY_ROW, 1).value)
    return _LIST_END if margin is not None and margin.tab == LISTS else max(_ROWS, sheet.max_row + 10)


def _width(sheet: Worksheet) -> int:
    drawn = _CHART_COLUMNS if charts_on(sheet) else 0
    return max(sheet.max_column, len(sheet.column_dimensions), drawn) + _SPARE_COLUMNS


def _row_heights(sheet: Worksheet, sheet_id: int) -> Iterator[Json]:
    for row, dimension in sheet.row_dimensions.items():
        place = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}
        facts: Json = {"hiddenByUser": True} if dimension.hidden else {}
        if dimension.height:
            facts["pixelSize"] = round(dimension.height * _POINT)
        if facts:
            changed = {"range": place, "properties": facts, "fields": ",".join(facts)}
            yield {"updateDimensionProperties": changed}


def _filter(sheet: Worksheet, sheet_id: int, rows: int) -> Iterator[Json]:
    """A filter on the header, and bands below that of a table."""
    table = next(iter(sheet.tables.values()), None)
    reference = table.ref if table else sheet.auto_filter.ref
    if not reference:
        return
    place = grid_range(reference, sheet_id) | {"endRowIndex": rows}
    yield {"setBasicFilter": {"filter": {"range": place}}}
    if table:
        left, top, _, _ = range_boundaries(reference)
        accent = cell_format(sheet.cell(int(top or 1), int(left or 1) + 1))["backgroundColorStyle"]
        yield {"addBanding": {"bandedRange": {"range": place, "rowProperties": _bands(accent)}}}


def _bands(accent: Json) -> Json:
    pale = {name: 1 - (1 - share) * 0.08 for name, share in accent["rgbColor"].items()}
    white = {"red": 1, "green": 1, "blue": 1}
    bands = {"headerColorStyle": accent, "firstBandColorStyle": {"rgbColor": white}}
    return bands | {"secondBandColorStyle": {"rgbColor": pale}}


def _protection(sheet: Worksheet, sheet_id: int, *, machine: bool) -> Iterator[Json]:
    """Whoever types where sheetsync writes is warned; nobody is kept out."""
    if machine:
        yield _warning({"sheetId": sheet_id})
        return
    yield _warning({"sheetId": sheet_id, "startRowIndex": 0, "endRowIndex": 1})
    yield _warning({"sheetId": sheet_id, "startColumnIndex": 0, "endColumnIndex": 1})
    yield from protect_columns(sheet_id, computed_columns(sheet))


def _warning(place: Json) -> Json:
    words = "sheetsync fills this in; what is typed here may be replaced."
    return {
        "addProtectedRange": {"protectedRange": {"range": place, "description": words, "warningOnly": True}}
    }
