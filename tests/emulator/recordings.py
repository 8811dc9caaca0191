"""Recorded answers of the real service, put to the emulator again."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from google_emulator.http import Call
from google_emulator.service import Service
from google_emulator.world import ROBOT, Caller, World

VOLATILE = {"createdTime", "modifiedTime", "spreadsheetUrl", "editors", "requestingUserCanEdit"}
IDS = {"id", "spreadsheetId", "sheetId", "namedRangeId", "protectedRangeId"}


def recorded() -> list[Path]:
    """The recordings in the folder that SHEETSYNC_TEST_DATA names."""
    folder = os.environ.get("SHEETSYNC_TEST_DATA")
    return sorted((Path(folder) / "google-recordings").glob("*.json")) if folder else []


class Replay:
    """One recording against a world of its own; ids are learnt as it goes."""

    def __init__(self, path: Path) -> None:
        self.interactions = json.loads(path.read_text())["interactions"]
        self.service = Service(World())
        self.service.tokens.accept("token", Caller(ROBOT))
        self.ids: dict[str, str] = {}

    def differences(self) -> Iterator[str]:
        """What the emulator answered otherwise, in words."""
        for interaction in self.interactions:
            request, response = interaction["request"], interaction["response"]
            code, ours = self.answered(request)
            theirs = parsed(response["body"]["string"])
            if code != response["status"]["code"]:
                yield f"{request['method']} {request['uri']}: {response['status']['code']} was {code}: {ours}"
                continue
            self.learn(theirs, ours)
            if masked(theirs) != masked(ours):
                yield f"{request['method']} {request['uri']}: {masked(theirs)} was {masked(ours)}"

    def answered(self, request: dict[str, Any]) -> tuple[int, Any]:
        parts = urlsplit(self.translated(request["uri"]))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = self.translated(request["body"] or "").encode()
        answer = self.service.answer(Call(request["method"], target, {"authorization": "Bearer token"}, body))
        return answer.code, parsed(answer.body.decode())

    def translated(self, text: str) -> str:
        for theirs, ours in self.ids.items():
            text = re.sub(rf"(?<![\w-]){re.escape(theirs)}(?![\w-])", ours, text)
        return text

    def learn(self, theirs: Any, ours: Any) -> None:
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for name in theirs.keys() & ours.keys():
                if name in IDS and theirs[name] != ours[name]:
                    self.ids[str(theirs[name])] = str(ours[name])
                self.learn(theirs[name], ours[name])
        elif isinstance(theirs, list) and isinstance(ours, list):
            for a, b in zip(theirs, ours, strict=False):
                self.learn(a, b)


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def masked(value: Any) -> Any:
    """Times, ids and the like made equal."""
    if isinstance(value, dict):
        return {name: "*" if name in VOLATILE | IDS else masked(item) for name, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value
