"""Google's two ways to say no: the envelope of Sheets (and newer services), and the older one of Drive."""

from __future__ import annotations

from typing import Any

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class ApiError(Exception):
    """An answer other than 2xx: code, message, status; `reason` is Drive's word for it."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        details: list[dict[str, Any]] | None = None,
        reason: str = "badRequest",
        location: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.details, self.reason = code, message, details, reason
        self.location, self.headers = location, headers or {}

    def sheets_body(self) -> dict[str, Any]:
        error = {"code": self.code, "message": self.message, "status": STATUS[self.code]}
        return {"error": error | ({"details": self.details} if self.details else {})}

    def drive_body(self) -> dict[str, Any]:
        entry: dict[str, Any] = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            entry |= {"location": self.location, "locationType": "parameter"}
        return {"error": {"code": self.code, "message": self.message, "errors": [entry]}}


def invalid(message: str) -> ApiError:
    return ApiError(400, message)


def violations(found: list[tuple[str, str]]) -> ApiError:
    """What Google says of a payload that does not fit its types: each (field, description)."""
    listed = [
        {"field": field, "description": text} if field else {"description": text} for field, text in found
    ]
    message = "\n".join(text for _, text in found)
    return ApiError(400, message, details=[{"@type": BAD_REQUEST, "fieldViolations": listed}])


def not_found() -> ApiError:
    return ApiError(404, "Requested entity was not found.", reason="notFound")


def file_not_found(file_id: str) -> ApiError:
    return ApiError(404, f"File not found: {file_id}.", reason="notFound", location="fileId")


def forbidden() -> ApiError:
    return ApiError(403, "The caller does not have permission", reason="insufficientFilePermissions")
