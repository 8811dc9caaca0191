"""The seam behind which mails leave: to a folder, or to a server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import EmailMessage
from typing import Protocol


class Transport(AbstractContextManager["Transport"], Protocol):
    """Where mails leave to; open within its `with` block."""

    def send(self, message: EmailMessage, recipient: str, leaving: Callable[[], object]) -> str:
        """Hand over one mail for one recipient.

        Args:
            message: The mail, whose To header names the recipient alone.
            recipient: The address it goes to.
            leaving: Called right before the first byte from which on the mail may arrive; not called where
                sending again does no harm.

        Returns:
            The file it lies in, "" where it left.

        Raises:
            MailServerError: No mail can leave now; `leaving` was not called.
            MailRefused: This mail was not taken.
            MailUnknown: It may have been taken or not.
        """
        ...
