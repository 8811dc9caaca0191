"""Probes of the real Google, with your own account: what could not be told from its documentation.

    sheetsync connect google ...        # once; docs/google.md
    pytest -m live -s tests/live

Each makes a spreadsheet of its own, prints what it found, and throws the spreadsheet away.
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
from sheetsync.replicas.google import access, login
from sheetsync.replicas.google.api import DRIVE, SHEETS, Google
from sheetsync.replicas.google.replica import GoogleReplica

DAY = date(2026, 3, 4)

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def account() -> tuple[Google, str]:
    return login.connected()


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


def test_what_a_sort_does_to_developer_metadata(account, spreadsheet: str) -> None:
    google, _ = account
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    rows = [{"values": [{"userEnteredValue": {"numberValue": number}}]} for number in (1, 2)]
    meta = {"metadataKey": "row", "visibility": "DOCUMENT", "location": {"dimensionRange": place}}
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}
    order = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    batch(
        google,
        spreadsheet,
        {"updateCells": {"start": {"sheetId": 0}, "fields": "userEnteredValue", "rows": rows}},
        {"createDeveloperMetadata": {"developerMetadata": meta}},
        {"sortRange": {"range": area, "sortSpecs": order}},
    )
    fields = {"fields": "sheets(data(rowMetadata(developerMetadata(location))))"}
    print("after a sort the metadata of row 1 stands at:", google.get(f"{SHEETS}/{spreadsheet}", fields))


def test_a_table_takes_the_hidden_id_column(account, spreadsheet: str) -> None:
    google, _ = account
    area = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 3}
    answer = batch(google, spreadsheet, {"addTable": {"table": {"name": "Probe", "range": area}}})
    print("a table:", answer["replies"])
