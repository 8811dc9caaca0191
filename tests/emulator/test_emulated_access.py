"""Who may come in, how often, and what goes wrong on command."""

from __future__ import annotations

import json

import pytest
import requests
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from emulator.conftest import Client
from google_emulator import PRIVATE_ID, Emulator

SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]
AUDIENCE = "https://oauth2.googleapis.com/token"


class Clock:
    """Seconds that pass when told to."""

    now = 1_770_000_000.0

    def __call__(self) -> float:
        return self.now


def status(emulator, token, path="/v4/spreadsheets/nowhere"):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(emulator.url + path, headers=headers, timeout=10).status_code


def test_a_service_account_gets_a_token_by_its_signature(running):
    key = service_account.Credentials.from_service_account_info(running.service_account(), scopes=SCOPES)
    key.refresh(Request())
    assert status(running, key.token) == 404


def test_a_key_that_is_not_the_accounts_own_is_refused(running):
    info = running.service_account("one@example.iam.gserviceaccount.com")
    stolen = info | {"client_email": "unknown@example.iam.gserviceaccount.com"}
    key = service_account.Credentials.from_service_account_info(stolen, scopes=SCOPES)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    for assertion in (key._make_authorization_grant_assertion().decode(), "a.b.c"):
        answer = requests.post(running.url + "/token", form | {"assertion": assertion}, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_token_ends_after_an_hour():
    clock = Clock()
    with Emulator(clock) as emulator:
        token = emulator.token()
        clock.now += 3599
        assert status(emulator, token) == 404
        clock.now += 1
        assert status(emulator, token) == 401


def test_no_token_a_wrong_one_and_a_narrow_one(running):
    assert status(running, None) == 401
    assert status(running, "no") == 401
    narrow = running.token(scopes=("https://www.googleapis.com/auth/calendar",))
    assert status(running, narrow) == 403


def test_a_person_comes_in_through_the_browser(running):
    query = {"redirect_uri": "http://localhost/", "state": "s", "scope": SCOPES[0]}
    page = requests.get(running.url + "/o/oauth2/v2/auth", query, allow_redirects=False, timeout=10)
    code = page.headers["Location"].partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": requests.utils.unquote(code)}
    first = requests.post(running.url + "/token", form, timeout=10).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = requests.post(running.url + "/token", form, timeout=10).json()
    assert status(running, first["access_token"]) == status(running, second["access_token"]) == 404


def test_what_is_not_shared_is_not_open(client):
    path = f"/v4/spreadsheets/{PRIVATE_ID}"
    assert client.error(client.call("GET", path)) == (403, "The caller does not have permission")
    assert client.call("GET", f"/drive/v3/files/{PRIVATE_ID}").status_code == 404


def test_a_reader_reads_and_does_not_write(client):
    client.emulator.human(client.id).share("reader@example.com", "reader")
    reader = Client(client.emulator, client.emulator.token("reader@example.com"))
    reader.id = client.id
    assert reader.values("A1") == []
    assert reader.put("A1", [["x"]]).status_code == 403


def test_a_protected_area_is_closed_to_other_writers(client):
    human = client.emulator.human(client.id)
    human.share("writer@example.com")
    human.protect("Sheet1!A1:B2")
    writer = Client(client.emulator, client.emulator.token("writer@example.com"))
    writer.id = client.id
    assert "protected cell" in writer.error(writer.put("B2", [["x"]]))[1]
    assert writer.put("C3", [["x"]]).status_code == 200
    assert client.put("B2", [["x"]]).status_code == 200


def test_quotas_count_reads_and_writes_apart_and_a_minute_later_anew():
    clock = Clock()
    with Emulator(clock, per_user=2, per_project=3) as emulator:
        client, other = (
            Client(emulator, emulator.token()),
            Client(emulator, emulator.token("other@example.com")),
        )
        assert [client.put("A1", [[1]]).status_code for _ in range(3)] == [200, 200, 429]
        assert client.values("A1") == [["1"]]
        other.id = client.id
        assert [other.put("A1", [[1]]).status_code for _ in range(2)] == [403, 429]
        error = client.put("A1", [[1]]).json()["error"]
        assert (error["status"], error["details"][0]["reason"]) == (
            "RESOURCE_EXHAUSTED",
            "RATE_LIMIT_EXCEEDED",
        )
        clock.now += 60
        assert client.put("A1", [[1]]).status_code == 200


def test_a_status_on_command(client):
    client.emulator.fail("status", code=503, retry_after="7", match="PUT")
    answer = client.put("A1", [["x"]])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert client.values("A1") == []
    assert client.put("A1", [["x"]]).status_code == 200


@pytest.mark.parametrize(
    ("kind", "applied"),
    [("hang", False), ("hang_after", True), ("reset", False), ("reset_after", True), ("truncate", True)],
)
def test_a_call_without_an_answer_may_have_been_applied(client, kind, applied):
    client.emulator.fail(kind, match="PUT")
    with pytest.raises(requests.RequestException):
        client.call(
            "PUT", f"/v4/spreadsheets/{client.id}/values/A1", {"values": [["x"]]}, 0.2, valueInputOption="RAW"
        )
    assert client.values("A1") == ([["x"]] if applied else [])


def test_a_late_call_is_applied_when_it_arrives(client):
    client.emulator.fail("late", match="PUT")
    with pytest.raises(requests.RequestException):
        client.call(
            "PUT", f"/v4/spreadsheets/{client.id}/values/A1", {"values": [["x"]]}, 0.2, valueInputOption="RAW"
        )
    client.put("A1", [["newer"]])
    assert client.emulator.deliver() == [200]
    assert client.values("A1") == [["x"]]


def test_other_processes_command_faults_over_http(client):
    fault = {"kind": "status", "code": 500, "match": "values/A1"}
    requests.post(client.emulator.url + "/emulator/faults", json.dumps(fault), timeout=10)
    assert [client.call("GET", f"/v4/spreadsheets/{client.id}/values/A1").status_code for _ in range(2)] == [
        500,
        200,
    ]


def test_what_the_emulator_lacks_is_never_googles_fault(client):
    for path in ("/v4/spreadsheets/x:nothing", "/drive/v3/nothing", "/other"):
        assert client.call("GET", path).status_code == 404
    assert client.batch({"addDataSource": {}}).status_code == 400
