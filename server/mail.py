"""Sending mail by the SMTP server that was set."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from server.settings import Settings

_PATIENCE_S = 20


def message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """A mail in plain text. What people typed may hold line breaks: in a header they become blanks."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, " ".join(subject.split())
    made["Date"], made["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made


def send(settings: Settings, *messages: EmailMessage) -> None:
    """Hand the mails over, one connection for all. Blocks; raises `OSError` where the server can't be had
    (`smtplib.SMTPException` is one), so that nothing was sent for sure from the one on that failed.
    """
    assert settings.smtp_host is not None
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=_PATIENCE_S, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_PATIENCE_S)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        for one in messages:
            server.send_message(one)
