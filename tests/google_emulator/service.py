"""From a call to its answer: who asks, which API, and how its errors are said."""

from __future__ import annotations

import json
import re
import time
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from . import drive_api, drive_comments, drive_content, drive_shared, sheets_api
from .auth import TokenError, Tokens, check_scope
from .errors import ApiError
from .faults import Faults
from .http import Answer, Call
from .quota import Quota
from .together import together
from .world import ROBOT, Caller, World

Json = dict[str, Any]
ROUTED = (drive_comments, drive_shared)  # importing them makes their routes known
OLDER_UPLOAD = re.compile("/upload/drive/v2/files/([^/]+)")  # how gspread imports CSV
EXPORT = re.compile("/spreadsheets/d/([^/]+)/export")
TOKEN_PATHS = ("/token", "/oauth2/v4/token", "/o/oauth2/token")


class Service:
    """All of Google that the emulator has, without the sockets."""

    def __init__(self, world: World) -> None:
        self.world, self.tokens, self.quota, self.faults = world, Tokens(world), Quota(world.clock), Faults()
        self.person = Caller("person@example.com")  # who consents in the browser
        self.disabled: set[str] = set()  # APIs that the project has not turned on: "sheets", "drive"
        self.before: Callable[[Call], None] = lambda _: None  # what happens before a call is answered
        self.traffic = dict.fromkeys(("calls", "received", "sent"), 0)  # sizes are those of bodies

    def answer(self, call: Call) -> Answer:
        with self.world.lock:
            self.before(call)
            answer = self.said(call)
            if not call.path.startswith("/emulator/"):
                for name, size in (("calls", 1), ("received", len(call.body)), ("sent", len(answer.body))):
                    self.traffic[name] += size
            return answer

    def said(self, call: Call) -> Answer:
        """The answer, an error in the words of the API that it comes from."""
        try:
            return self.routed(call)
        except ApiError as error:
            body = error.sheets_body() if call.path.startswith("/v4/") else error.drive_body()
            return Answer.of(body, error.code, error.headers)
        except TokenError as error:
            return Answer.of(error.body, error.code)
        except Exception as error:  # noqa: BLE001  a fault of the emulator: told as a 400, so that no client retries it
            traceback.print_exc()
            return Answer.of(ApiError(400, f"The emulator failed: {error!r}").sheets_body(), 400)

    def routed(self, call: Call) -> Answer:
        if call.path in TOKEN_PATHS and call.method == "POST":
            return Answer.of(self.tokens.grant(dict(parse_qsl(call.body.decode()))))
        if call.path in ("/o/oauth2/auth", "/o/oauth2/v2/auth"):
            return self.consent(call)
        if call.path == "/revoke":
            return Answer.of({})
        if call.path.startswith("/emulator/"):
            return self.command(call)
        if call.path == "/batch" or call.path.startswith("/batch/"):
            return together(call, self.said)
        caller = self.tokens.caller(call.headers.get("authorization"), call.option("access_token") or None)
        if call.path.startswith("/v4/"):
            self.allow(caller, call, drive=False)
            return sheets_api.answer(self.world, caller, call)
        if call.path.startswith(("/drive/v3/", "/upload/drive/")):
            self.allow(caller, call, drive=True)
            return self.drive(caller, call)
        if exported := EXPORT.fullmatch(call.path):
            return drive_content.exported(self.world, caller, exported[1], call)
        raise ApiError(404, f"The emulator has nothing at {call.path}", reason="notFound")

    def drive(self, caller: Caller, call: Call) -> Answer:
        """Drive, where contents go in by doors of their own."""
        if older := OLDER_UPLOAD.fullmatch(call.path):
            return Answer.of(drive_content.imported_csv(self.world, caller, older[1], call.body))
        if call.path.startswith("/upload/"):
            return drive_content.received(self.world, caller, call)
        return drive_api.answer(self.world, caller, call)

    def allow(self, caller: Caller, call: Call, *, drive: bool) -> None:
        api = "drive" if drive else "sheets"
        if api in self.disabled:
            raise disabled(api, caller)
        writes = call.method != "GET"
        check_scope(caller, drive=drive, write=writes)
        if not drive:
            self.quota.spend(caller, write=writes)

    def consent(self, call: Call) -> Answer:
        """The browser's page where a person says yes: it goes straight back with a code."""
        scopes = frozenset(call.option("scope").split())
        caller = Caller(self.person.email, self.person.project, scopes)
        code = self.tokens.code(caller, call.option("code_challenge") or None)
        back = urlencode({"state": call.option("state"), "code": code, "scope": call.option("scope")})
        return Answer(302, b"", "text/html", {"Location": f"{call.option('redirect_uri')}?{back}"})

    def command(self, call: Call) -> Answer:
        """For other processes: the traffic so far, faults to come, and calls held back that shall arrive."""
        if call.path == "/emulator/traffic":
            return Answer.of(self.traffic | {"seconds": time.process_time()})
        if call.path == "/emulator/faults" and call.method == "POST":
            self.faults.add(**json.loads(call.body))
            return Answer.of({"planned": len(self.faults.planned)})
        if call.path == "/emulator/faults" and call.method == "DELETE":
            self.faults.planned.clear()
            return Answer.of({})
        if call.path == "/emulator/deliver" and call.method == "POST":
            return Answer.of({"codes": self.deliver()})
        raise ApiError(404, f"The emulator has no command {call.path}", reason="notFound")

    def deliver(self) -> list[int]:
        """The calls that were held back arrive now; their status codes."""
        late, self.faults.late = self.faults.late, []
        return [self.answer(call).code for call in late]


def disabled(api: str, caller: Caller) -> ApiError:
    title = {"sheets": "Google Sheets API", "drive": "Google Drive API"}[api]
    url = f"https://console.developers.google.com/apis/api/{api}.googleapis.com/overview?project={caller.project}"
    message = (
        f"{title} has not been used in project {caller.project} before or it is disabled. "
        f"Enable it by visiting {url} then retry. If you enabled this API recently, wait a few minutes for "
        "the action to propagate to our systems and retry."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "SERVICE_DISABLED",
        "domain": "googleapis.com",
        "metadata": {"consumer": f"projects/{caller.project}", "service": f"{api}.googleapis.com"},
    }
    return ApiError(403, message, details=[info], reason="accessNotConfigured")


DEFAULT_CALLER = Caller(ROBOT)
