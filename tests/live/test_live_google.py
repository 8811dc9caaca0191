"""Probes of the real Google, with your own account: what could not be told from its documentation.

    sheetsync connect google ...        # once; docs/google.md
    pytest -m live -s tests/live

Each makes a spreadsheet of its own, prints what it found, and throws the spreadsheet away. So that they are
not broken when they are needed, they also run against the emulator (`tests/emulator/test_probes_work.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from gspread.exceptions import APIError

from replicas.excel_making import IDENTITY
from sheetsync.catalog import find_template
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.core.values import Boolean
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.google import access, login
from sheetsync.replicas.google.api import DRIVE, SHEETS, Google
from sheetsync.replicas.google.pages import FIELDS
from sheetsync.replicas.google.replica import GoogleReplica

AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def account() -> tuple[Google, str]:
    try:
        return login.connected()
    except SheetsyncError as error:
        pytest.skip(str(error))


@pytest.fixture
def spreadsheet(account: tuple[Google, str]) -> Iterator[str]:
    google, address = account
    made = access.create_spreadsheet(google, address, "sheetsync probe, may be deleted")
    yield made
    google.request("delete", f"{DRIVE}/files/{made}", params={"supportsAllDrives": "true"})


def batch(google: Google, spreadsheet: str, *requests: dict, **more: object) -> dict:
    body = {"requests": list(requests), **more}
    return google.post(f"{SHEETS}/{spreadsheet}:batchUpdate", body, {}, repeatable=False)


def named(number: int) -> dict:
    place = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    return {
        "addNamedRange": {
            "namedRange": {"namedRangeId": f"probe{number}", "name": f"probe_{number}", "range": place}
        }
    }


def test_a_batch_behind_a_fence_that_is_gone_is_refused_as_a_whole(account, spreadsheet: str) -> None:
    google, _ = account
    batch(google, spreadsheet, named(1))
    step = ({"deleteNamedRange": {"namedRangeId": "probe1"}}, named(2))
    batch(google, spreadsheet, *step)
    with pytest.raises(APIError) as caught:
        batch(google, spreadsheet, *step)
    print("a second time:", caught.value)
    assert "NamedRange" in str(caught.value) or "named range" in str(caught.value)


@pytest.mark.parametrize("key", ["stakeholder-map", "working-group"])
def test_a_workbook_is_made_read_written_and_read_back(
    account, spreadsheet: str, key: str, tmp_path: Path
) -> None:
    google, address = account
    replica = GoogleReplica(f"google:{spreadsheet}", lambda: (google, address), tmp_path)
    template = find_template(key, tmp_path)
    print(*replica.provision(template, IDENTITY).done, sep="\n")
    assert replica.provision(template, IDENTITY).done == ()
    tab = next(tab for tab in template.synced() if tab.naming)
    values = [
        "=1+1",
        "00123",
        "TRUE",
        "#N/A",
        "two\nlines",
        0.1,
        Boolean.TRUE,
        date(2026, 3, 4),
        datetime(2026, 3, 4, 9, 30),
    ]
    rows = tuple((f"r{number}", {tab.naming[0]: value}) for number, value in enumerate(values))
    version = replica.write(Edit({tab.key: TabEdit(1, new=rows)}), template, replica.read(template).version)
    snapshot = replica.read(template)
    found = [row.values[tab.naming[0]] for row in snapshot.tabs[tab.key].rows]
    print("written and read back:", found)
    assert found == values
    assert version == snapshot.version


def numbers(*entered: float | str) -> dict:
    """A request that fills column A."""
    values = [{"formulaValue": one} if isinstance(one, str) else {"numberValue": one} for one in entered]
    rows = [{"values": [{"userEnteredValue": value}]} for value in values]
    return {"updateCells": {"start": {"sheetId": 0}, "fields": "userEnteredValue", "rows": rows}}


def test_what_a_sort_does_to_developer_metadata(account, spreadsheet: str) -> None:
    google, _ = account
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    meta = {"metadataKey": "row", "visibility": "DOCUMENT", "location": {"dimensionRange": place}}
    order = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    batch(
        google,
        spreadsheet,
        numbers(1, 2),
        {"createDeveloperMetadata": {"developerMetadata": meta}},
        {"sortRange": {"range": AREA, "sortSpecs": order}},
    )
    fields = {"fields": "sheets(data(rowMetadata(developerMetadata(location))))"}
    rows = google.get(f"{SHEETS}/{spreadsheet}", fields)["sheets"][0]["data"][0]["rowMetadata"][:2]
    print("after a sort the metadata of row 1 stands at:", rows)
    assert sum("developerMetadata" in row for row in rows) == 1


def test_what_a_mask_leaves_of_what_is_not_there(account, spreadsheet: str) -> None:
    """A reading asks for formulas alone; where Google leaves out what that makes empty, it asks twice."""
    google, _ = account
    batch(google, spreadsheet, numbers(1, "=A1+1"))
    cell = "userEnteredValue(formulaValue),effectiveFormat(numberFormat)"
    fields = {"fields": f"sheets(data(rowData(values({cell}))))"}
    rows = google.get(f"{SHEETS}/{spreadsheet}", fields)["sheets"][0]["data"][0]["rowData"]
    print("a number and a formula under that mask:", [row.get("values") for row in rows])
    assert rows[1]["values"][0]["userEnteredValue"] == {"formulaValue": "=A1+1"}


def test_two_readings_of_what_has_not_changed_are_equal_to_the_byte(account, spreadsheet: str) -> None:
    google, _ = account
    batch(google, spreadsheet, numbers(1, "=A1+1"))
    asked = f"{SHEETS}/{spreadsheet}", {"fields": FIELDS}
    first, again = (google.get_hashed(*asked)[1] for _ in range(2))
    batch(google, spreadsheet, numbers(2))
    print("two readings, and one after a change:", first, again, google.get_hashed(*asked)[1])
    assert first == again != google.get_hashed(*asked)[1]


def test_a_cell_that_a_formula_beside_it_fills_has_a_value_that_nobody_entered(
    account, spreadsheet: str
) -> None:
    google, _ = account
    batch(google, spreadsheet, numbers("=SEQUENCE(2)"))
    fields = {"fields": "sheets(data(rowData(values(userEnteredValue,effectiveValue))))"}
    rows = google.get(f"{SHEETS}/{spreadsheet}", fields)["sheets"][0]["data"][0]["rowData"]
    print("a formula and the cell that it fills:", [row.get("values") for row in rows])
    assert rows[1]["values"][0] == {"effectiveValue": {"numberValue": 2}}


def test_a_table_takes_the_hidden_id_column(account, spreadsheet: str) -> None:
    google, _ = account
    area = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 3}
    answer = batch(google, spreadsheet, {"addTable": {"table": {"name": "Probe", "range": area}}})
    print("a table:", answer["replies"])
    assert answer["replies"][0]["addTable"]["table"]["name"] == "Probe"
