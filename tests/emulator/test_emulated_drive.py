"""Drive beyond spreadsheets: uploads and downloads, comments, shared drives, and calls that come together."""

from __future__ import annotations

import io
import json

import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload
from httplib2 import Http

SHEET = "application/vnd.google-apps.spreadsheet"


@pytest.fixture(scope="module")
def drive(running):
    """Google's own client; its calls go to the emulator."""

    class Rooted(Http):
        def request(self, uri, *args, **more):
            return super().request(uri.replace("https://www.googleapis.com", running.url), *args, **more)

    rooted = Rooted()
    rooted.redirect_codes -= {308}  # which in an upload means: go on
    http = AuthorizedHttp(Credentials(running.token("drive@example.com")), http=rooted)
    with build("drive", "v3", http=http, static_discovery=True) as made:
        yield made


def media(content: bytes, kind: str, **more) -> MediaIoBaseUpload:
    return MediaIoBaseUpload(io.BytesIO(content), kind, **more)


def upload(drive, body, content: bytes, kind: str, **more) -> dict:
    fields = "id,size,md5Checksum,parents,headRevisionId"
    return drive.files().create(body=body, media_body=media(content, kind, **more), fields=fields).execute()


PICTURE = b"\xff\xd8\r\n--not a boundary\x00\n"


@pytest.mark.parametrize("more", [{}, {"resumable": True}, {"resumable": True, "chunksize": 262_144}])
def test_what_is_uploaded_is_downloaded(drive, more) -> None:
    content = PICTURE * 20_000
    made = upload(drive, {"name": "photo.jpg"}, content, "image/jpeg", **more)
    assert made["size"] == str(len(content))
    target = io.BytesIO()
    download = MediaIoBaseDownload(target, drive.files().get_media(fileId=made["id"]), chunksize=100_000)
    done = False
    while not done:
        _, done = download.next_chunk()
    assert target.getvalue() == content


def test_a_table_that_is_uploaded_becomes_a_spreadsheet(drive, running, client) -> None:
    made = upload(drive, {"name": "t", "mimeType": SHEET}, b"a,b\n1,0042", "text/csv")
    client.session.headers["Authorization"] = f"Bearer {running.token('drive@example.com')}"
    client.id = made["id"]
    assert client.values("A1:B2", valueRenderOption="UNFORMATTED_VALUE") == [["a", "b"], [1, 42]]
    with pytest.raises(HttpError, match="Only files with binary content"):
        drive.files().get_media(fileId=made["id"]).execute()


def test_each_upload_leaves_a_revision(drive) -> None:
    made = upload(drive, {"name": "x"}, b"one", "text/plain")
    drive.files().update(fileId=made["id"], media_body=media(b"two", "text/plain")).execute()
    revisions = drive.revisions()
    listed = revisions.list(fileId=made["id"], fields="revisions(id,size)").execute()["revisions"]
    assert [listed[0]["id"] == made["headRevisionId"], len(listed)] == [True, 2]
    revisions.delete(fileId=made["id"], revisionId=listed[0]["id"]).execute()
    with pytest.raises(HttpError, match="last revision"):
        revisions.delete(fileId=made["id"], revisionId=listed[1]["id"]).execute()


def test_what_an_application_keeps_for_itself_is_listed_only_when_asked_for(drive) -> None:
    made = upload(drive, {"name": "c", "parents": ["appDataFolder"]}, b"{}", "application/json")
    assert {"id": made["id"]} not in drive.files().list(fields="files(id)").execute()["files"]
    hidden = drive.files().list(spaces="appDataFolder", fields="files(id)").execute()["files"]
    assert hidden == [{"id": made["id"]}]


def test_a_shortcut_knows_what_it_leads_to(drive) -> None:
    target = drive.files().create(body={"name": "t", "mimeType": SHEET}).execute()["id"]
    kind = "application/vnd.google-apps.shortcut"
    body = {"name": "s", "mimeType": kind, "shortcutDetails": {"targetId": target}}
    found = drive.files().create(body=body, fields="shortcutDetails").execute()["shortcutDetails"]
    assert found == {"targetId": target, "targetMimeType": SHEET}


def test_times_may_be_set_and_asked_for(drive) -> None:
    made = drive.files().create(body={"name": "old", "mimeType": SHEET}).execute()["id"]
    drive.files().update(fileId=made, body={"modifiedTime": "2012-07-12T20:00:00Z"}).execute()
    query = "name = 'old' and modifiedTime < '2012-07-13T00:00:00'"
    assert [file["id"] for file in drive.files().list(q=query).execute()["files"]] == [made]


def test_a_comment_is_resolved_by_a_reply(drive) -> None:
    file = drive.files().create(body={"name": "c", "mimeType": SHEET}).execute()["id"]
    comment = drive.comments().create(fileId=file, body={"content": "Hm"}, fields="id").execute()
    known = {"fileId": file, "commentId": comment["id"]}
    drive.replies().create(**known, body={"content": "So", "action": "resolve"}, fields="id").execute()
    drive.comments().update(**known, body={"content": "Hm!"}, fields="id").execute()
    found = drive.comments().list(fileId=file, fields="*").execute()["comments"][0]
    assert (found["content"], found["resolved"], found["replies"][0]["content"]) == ("Hm!", True, "So")
    drive.comments().delete(**known).execute()
    with pytest.raises(HttpError, match="Comment not found"):
        drive.comments().get(**known, fields="id").execute()


def test_what_lies_in_a_shared_drive_belongs_to_it(drive) -> None:
    made = drive.drives().create(requestId="once", body={"name": "Team"}).execute()["id"]
    with pytest.raises(HttpError, match="409"):
        drive.drives().create(requestId="once", body={"name": "Team"}).execute()
    body = {"name": "s", "mimeType": SHEET, "parents": [made]}
    file = drive.files().create(body=body, supportsAllDrives=True, fields="id,driveId").execute()
    assert file["driveId"] == made
    listed = drive.files().list(corpora="drive", driveId=made, fields="files(id)").execute()["files"]
    assert listed == [{"id": file["id"]}]
    with pytest.raises(HttpError, match="holds files"):
        drive.drives().delete(driveId=made).execute()
    drive.files().delete(fileId=file["id"], supportsAllDrives=True).execute()
    drive.drives().delete(driveId=made).execute()


def test_calls_that_come_together_are_answered_one_by_one(client) -> None:
    def part(name, first, body=""):
        inner = f"{first} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}"
        return f"--b\r\nContent-Type: application/http\r\nContent-ID: <{name}>\r\n\r\n{inner}\r\n"

    path = f"/v4/spreadsheets/{client.id}"
    write = part("w", f"PUT {path}/values/A1?valueInputOption=RAW", json.dumps({"values": [["x"]]}))
    body = (
        write
        + part("r", f"GET {path}/values/A1?prettyPrint=false")
        + part("no", f"GET {path}/values/Nowhere!A1")
        + "--b--"
    )
    headers = {"Content-Type": "multipart/mixed; boundary=b"}
    answer = client.session.post(client.emulator.url + "/batch", data=body, headers=headers, timeout=10)
    found = answer.text.split("--batch_of_answers")[1:-1]
    assert ["HTTP/1.1 200 OK" in one for one in found] == [True, True, False]
    assert "<response-r>" in found[1]
    assert '[["x"]]' in found[1]
    assert "Unable to parse range" in found[2]
