"""How calls come: packed, in chunks, or longer than an address may be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator


def write(client, body, **headers):
    """Write into A1, the body as it is."""
    url = f"{client.emulator.url}/v4/spreadsheets/{client.id}/values/A1?valueInputOption=RAW"
    headers = {"Content-Type": "application/json", **headers}
    return client.session.put(url, data=body, headers=headers, timeout=10)


BODY = json.dumps({"values": [["packed"]]}).encode()


def test_a_packed_body_is_unpacked(client):
    write(client, gzip.compress(BODY), **{"Content-Encoding": "gzip"})
    assert client.values("A1") == [["packed"]]


def test_a_body_may_come_in_chunks(client):
    def chunks() -> Iterator[bytes]:
        yield BODY[:7]
        yield BODY[7:]

    write(client, chunks())
    assert client.values("A1") == [["packed"]]


def test_a_reading_with_a_long_address_may_come_as_a_post(client):
    client.put("A1", [["x"]])
    url = f"{client.emulator.url}/v4/spreadsheets/{client.id}/values:batchGet"
    headers = {"x-http-method-override": "GET", "Content-Type": "application/x-www-form-urlencoded"}
    answer = client.session.post(url, data="ranges=A1&ranges=B1", headers=headers, timeout=10).json()
    assert [found.get("values") for found in answer["valueRanges"]] == [[["x"]], None]


def test_a_slash_too_many_is_forgiven(client):
    path = f"/v4/spreadsheets/{client.id}/"
    assert client.call("GET", path).json()["spreadsheetId"] == client.id
    assert client.call("POST", path + ":batchUpdate", {"requests": [{"addSheet": {}}]}).status_code == 200


def test_an_answer_is_laid_out_for_people_unless_the_call_says_otherwise(client):
    client.put("A1", [["x", "é"]])
    path = f"/v4/spreadsheets/{client.id}/values/A1:B1"
    laid_out = client.call("GET", path, fields="values").content.decode()
    assert laid_out == '{\n  "values": [\n    [\n      "x",\n      "é"\n    ]\n  ]\n}\n'
    assert client.call("GET", path, fields="values", prettyPrint="false").content.decode() == (
        '{"values":[["x","é"]]}'
    )
