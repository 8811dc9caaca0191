"""Peoples' hands between two calls, Drive around the spreadsheet, and other people's libraries."""

from __future__ import annotations

import re

import gspread
from google.oauth2.credentials import Credentials

from google_emulator.world import FOLDER


def test_a_person_edits_between_two_calls(client):
    human = client.emulator.human(client.id)
    human.type("Sheet1!A1", ["name", "age"], ["Zoe", "31"], ["Ann", "=B2-2"])
    human.insert_rows("Sheet1", 2)
    human.move_rows("Sheet1", 4, 1, before=2)
    assert client.values("A1:B9") == [["name", "age"], ["Ann", "29"], [], ["Zoe", "31"]]
    human.delete_rows("Sheet1", 3)
    human.sort("Sheet1!A2:B3", 1, descending=True)
    human.rename_tab("Sheet1", "People")
    assert client.values("People!A1:A9") == [["name"], ["Zoe"], ["Ann"]]


def test_a_sort_leaves_metadata_where_it_was(client):
    location = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    metadata = {"metadataKey": "k", "visibility": "DOCUMENT", "location": location}
    client.batch({"createDeveloperMetadata": {"developerMetadata": metadata}})
    client.put("A1", [["b"], ["a"]])
    client.emulator.human(client.id).sort("Sheet1!A1:A2", 1)
    found = client.sheet(fields="sheets.data(rowMetadata.developerMetadata)")["data"][0]["rowMetadata"]
    assert [bool(row) for row in found[:3]] == [False, True, False]


def test_drive_tells_of_files_and_their_changes(client):
    token = client.call("GET", "/drive/v3/changes/startPageToken").json()["startPageToken"]
    client.put("A1", [["x"]])
    changes = client.call("GET", "/drive/v3/changes", pageToken=token).json()["changes"]
    assert [change["fileId"] for change in changes] == [client.id]
    path = f"/drive/v3/files/{client.id}"
    assert client.call("PATCH", path, {"name": "Other", "trashed": True}).json()["name"] == "Other"
    query = "name = 'Other' and trashed = true and mimeType = 'application/vnd.google-apps.spreadsheet'"
    listed = client.call("GET", "/drive/v3/files", q=query, fields="files(id,trashed)").json()["files"]
    assert listed == [{"id": client.id, "trashed": True}]
    assert client.call("DELETE", path).status_code == 204
    assert client.call("GET", f"/v4/spreadsheets/{client.id}").status_code == 404


def test_a_copy_is_a_file_of_its_own(client):
    client.put("A1", [["x"]])
    copy = client.call("POST", f"/drive/v3/files/{client.id}/copy", {"name": None}).json()
    client.put("A1", [["y"]])
    client.id = copy["id"]
    assert (copy["name"], client.values("A1")) == ("Copy of A spreadsheet", [["x"]])


def test_gspread_works_against_it(running):
    class Loopback(gspread.HTTPClient):
        def request(self, method, endpoint, *args, **more):
            return super().request(
                method, re.sub("https://[a-z.]*googleapis.com", running.url, endpoint), *args, **more
            )

    account = gspread.Client(auth=Credentials(running.token()), http_client=Loopback)
    tab = account.create("With gspread").sheet1
    tab.append_row(["a", "", "c"])
    tab.append_row(["a", "", "c"])
    assert tab.row_values(2) == ["", "", "a", "", "c"]  # as the live service does: gspread's issue 537
    tab.format("A1", {"backgroundColor": {"red": 0.5}})
    tab.insert_note("A1", "a note")
    tab.merge_cells("A5:B6")
    assert tab.get_note("A1") == "a note"
    tab.sort((1, "des"), range="A1:C2")
    assert tab.get_all_records(expected_headers=[]) is not None


def test_my_drive_goes_by_the_name_root(client):
    folder = client.call("POST", "/drive/v3/files", {"mimeType": FOLDER}).json()["id"]
    path = f"/drive/v3/files/{client.id}"
    client.call("PATCH", path, {}, addParents=folder, removeParents="root")
    assert client.call("GET", path, fields="parents").json() == {"parents": [folder]}
    client.call("PATCH", path, {}, addParents="root", removeParents=folder)
    home = client.call("GET", "/drive/v3/files/root", fields="id,name").json()
    assert client.call("GET", path, fields="parents").json() == {"parents": [home["id"]]}
    query = f"'root' in parents and name = 'A spreadsheet' and '{home['id']}' in parents"
    listed = client.call("GET", "/drive/v3/files", q=query, fields="files(id)").json()["files"]
    assert {"id": client.id} in listed


def test_a_sheet_is_downloaded_from_its_address_in_the_browser(client):
    client.batch({"addSheet": {"properties": {"sheetId": 5, "title": "Other"}}})
    client.put("Other!A1", [["a", "b,c"]])
    path = f"/spreadsheets/d/{client.id}/export"
    assert client.call("GET", path, format="csv", gid=5).text == 'a,"b,c"'
    assert client.call("GET", path, format="tsv", gid=0).text == ""
    assert client.call("GET", path, format="xlsx").content[:2] == b"PK"
