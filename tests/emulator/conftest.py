"""The emulator under test, and a client that speaks plain HTTP to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from google_emulator import Emulator


class Client:
    """Calls with a token; answers as JSON."""

    def __init__(self, emulator: Emulator, token: str) -> None:
        self.emulator = emulator
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.id = emulator.create("A spreadsheet")

    def call(
        self, method: str, path: str, body: Any = None, timeout: float = 10, **query: Any
    ) -> requests.Response:
        return self.session.request(
            method, self.emulator.url + path, json=body, params=query, timeout=timeout
        )

    def batch(self, *kinds: dict[str, Any], **more: Any) -> requests.Response:
        return self.call("POST", f"/v4/spreadsheets/{self.id}:batchUpdate", {"requests": list(kinds), **more})

    def sheet(self, **query: Any) -> dict[str, Any]:
        """The first sheet."""
        return self.call("GET", f"/v4/spreadsheets/{self.id}", **query).json()["sheets"][0]

    def put(self, where: str, values: list[list[Any]], option: str = "USER_ENTERED") -> requests.Response:
        path = f"/v4/spreadsheets/{self.id}/values/{where}"
        return self.call("PUT", path, {"values": values}, valueInputOption=option)

    def values(self, where: str, **query: Any) -> list[list[Any]]:
        path = f"/v4/spreadsheets/{self.id}/values/{where}"
        return self.call("GET", path, **query).json().get("values", [])

    def error(self, answer: requests.Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["error"]["message"]


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def client(running: Emulator) -> Client:
    """A client with a new spreadsheet; tests share the server."""
    return Client(running, running.token())
