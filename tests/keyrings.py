"""A system keyring that lives in memory, for tests."""

from __future__ import annotations

from keyring.backend import KeyringBackend


class Ring(KeyringBackend):
    """A keyring as systems have one."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]
