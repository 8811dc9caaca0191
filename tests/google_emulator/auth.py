"""The token endpoint: service accounts by signed JWT, people by code and refresh token."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from .errors import ERROR_INFO, ApiError
from .world import Caller, World

Json = dict[str, Any]
AUDIENCES = (
    "https://oauth2.googleapis.com/token",
    "https://accounts.google.com/o/oauth2/token",
    "https://www.googleapis.com/oauth2/v4/token",
)
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600
SHEETS_SCOPES = ("spreadsheets", "drive", "drive.file")
EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class TokenError(Exception):
    """The OAuth way to say no: a word and a description."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.body, self.code = {"error": error, "error_description": description}, code


class Tokens:
    """Who may come in: registered keys, people's codes, and the tokens given out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keys: dict[str, str] = {}  # service account -> public key in PEM
        self.access: dict[str, tuple[Caller, float | None]] = {}  # token -> who, until when
        self.refresh: dict[str, Caller] = {}
        self.codes: dict[str, tuple[Caller, str | None]] = {}  # code -> who, PKCE challenge
        self.given = 0

    def accept(self, token: str, caller: Caller) -> None:
        """A token that is good from the start and never ends."""
        self.access[token] = (caller, None)

    def issue(self, caller: Caller) -> Json:
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.access[token] = (caller, self.world.clock() + LIFETIME)
        self.given += 1
        scope = {"scope": " ".join(sorted(caller.scopes))} if caller.scopes else {}
        return {"access_token": token, "expires_in": LIFETIME - 1, "token_type": "Bearer"} | scope

    def code(self, caller: Caller, challenge: str | None = None) -> str:
        """What a person's consent in the browser brings back."""
        made = f"4/{secrets.token_urlsafe(16)}"
        self.codes[made] = (caller, challenge)
        return made

    def grant(self, form: dict[str, str]) -> Json:
        """Answer the token endpoint."""
        kind = form.get("grant_type")
        if kind == JWT_BEARER:
            return self.issue(self.signed(form.get("assertion", "")))
        if kind == "refresh_token":
            caller = self.refresh.get(form.get("refresh_token", ""))
            if caller is None:
                raise TokenError("invalid_grant", "Token has been expired or revoked.")
            return self.issue(caller)
        if kind == "authorization_code":
            return self.exchanged(form)
        raise TokenError("unsupported_grant_type", f"Invalid grant_type: {kind}")

    def exchanged(self, form: dict[str, str]) -> Json:
        caller, challenge = self.codes.pop(form.get("code", ""), (None, None))
        if caller is None:
            raise TokenError("invalid_grant", "Malformed auth code.")
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if challenge and base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != challenge:
            raise TokenError("invalid_grant", "Invalid code verifier.")
        refresh = f"1//{secrets.token_urlsafe(24)}"
        self.refresh[refresh] = caller
        return self.issue(caller) | {"refresh_token": refresh}

    def signed(self, assertion: str) -> Caller:
        """The service account that signed a JWT: signature, audience and times are checked."""
        try:
            head, payload, signature = (unpacked(part) for part in assertion.split("."))
            header, claims = json.loads(head), json.loads(payload)
        except ValueError as wrong:
            raise TokenError("invalid_grant", "Invalid JWT: Failed to parse.") from wrong
        email = claims.get("iss", "")
        if email not in self.keys:
            raise TokenError("invalid_grant", "Invalid grant: account not found")
        if header.get("alg") != "RS256" or not self.verified(email, assertion, signature):
            raise TokenError("invalid_grant", "Invalid JWT Signature.")
        self.check_claims(claims)
        caller = self.callers.get(email, Caller(email))
        return Caller(claims.get("sub", email), caller.project, frozenset(claims.get("scope", "").split()))

    @property
    def callers(self) -> dict[str, Caller]:
        return {caller.email: caller for caller, _ in self.access.values()}

    def check_claims(self, claims: Json) -> None:
        now, start, end = self.world.clock(), claims.get("iat", 0), claims.get("exp", 0)
        if claims.get("aud") not in AUDIENCES:
            raise TokenError("invalid_grant", "Invalid JWT: Failed audience check.")
        if not (start - 300 <= now < end) or end - start > LIFETIME:
            raise TokenError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim.",
            )
        if not claims.get("scope"):
            raise TokenError("invalid_scope", "Empty or missing scope not allowed.")

    def verified(self, email: str, assertion: str, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        key = serialization.load_pem_public_key(self.keys[email].encode())
        assert isinstance(key, rsa.RSAPublicKey)
        try:
            key.verify(signature, assertion.rpartition(".")[0].encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def caller(self, header: str | None, url_token: str | None = None) -> Caller:
        """Who a request comes from; 401 where that cannot be told."""
        token = url_token or (header or "").removeprefix("Bearer ").strip()
        if not token:
            raise ApiError(
                401, f"Request is missing required authentication credential. {EXPECTED}", reason="required"
            )
        caller, ends = self.access.get(token, (None, None))
        if caller is None or (ends is not None and ends <= self.world.clock()):
            raise ApiError(
                401,
                f"Request had invalid authentication credentials. {EXPECTED}",
                reason="authError",
                headers={
                    "WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
                },
            )
        return caller


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def check_scope(caller: Caller, *, drive: bool, write: bool) -> None:
    """Refuse what the token was not given for."""
    if caller.scopes is None:
        return
    allowed = {"drive", "drive.file"} | (set() if drive else {"spreadsheets"})
    if not write:
        allowed |= {"drive.readonly", "drive.metadata.readonly"} | (
            set() if drive else {"spreadsheets.readonly"}
        )
    if not caller.rights & allowed:
        info = {
            "@type": ERROR_INFO,
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": {"service": "drive.googleapis.com" if drive else "sheets.googleapis.com"},
        }
        message = "Request had insufficient authentication scopes."
        raise ApiError(403, message, details=[info], reason="insufficientPermissions")
