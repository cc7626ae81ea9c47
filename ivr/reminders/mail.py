"""Mail: to engineers and managers who have no phone that may be texted."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import structlog
from pydantic import SecretStr

from ivr.house import House
from ivr.reminders.occasions import LATE
from ivr.sign_in_settings import LOOPBACK
from ivr.store.messages import STALE, WAITING
from ivr.store.reminders import FAILED, SENDING, SENT, MailRecord, move_mail, waiting_mails

logger = structlog.get_logger()

TIMEOUT_SECONDS = 10


class MailFailed(Exception):
    """The mail server did not take a mail. `permanent` tells whether trying again is pointless."""

    def __init__(self, text: str, permanent: bool) -> None:
        """`text` is for the log."""
        super().__init__(text)
        self.permanent = permanent


def send_waiting(house: House) -> int:
    """Send the mail that waits; returns how many. Of two workers one sends; what is late is dropped.

    One that is cut off in the middle does not try again: a mail is sent once at most.
    """
    url, at = house.settings.mail_url, house.clock()
    with house.engine.connect() as connection:
        waiting = waiting_mails(connection)
    sent = 0
    for mail in waiting:
        late = at - mail.at > LATE or url is None
        with house.engine.begin() as connection:
            mine = move_mail(connection, mail.key, WAITING, STALE if late else SENDING)
        if mine and not late:
            assert url is not None
            sent += _send(house, url, mail)
    return sent


def _send(house: House, url: SecretStr, mail: MailRecord) -> bool:
    after = SENT
    try:
        deliver(url, mail)
    except MailFailed as failure:
        logger.warning("a mail was not sent", key=mail.key, why=str(failure), permanent=failure.permanent)
        after = FAILED if failure.permanent else WAITING
    with house.engine.begin() as connection:
        move_mail(connection, mail.key, SENDING, after)
    return after == SENT


def deliver(url: SecretStr, mail: MailRecord) -> None:
    """Hand a mail to the server. Raises MailFailed; neither password nor text gets into the log."""
    parts = urlsplit(url.get_secret_value())
    try:
        with _connected(parts) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message(mail, parse_qs(parts.query)["from"][0]))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        codes = [code for code, _ in error.recipients.values()] if hasattr(error, "recipients") else [error.smtp_code]
        raise MailFailed(f"{type(error).__name__} {codes}", permanent=all(code >= 500 for code in codes)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailFailed(type(error).__name__, permanent=False) from None


def message(mail: MailRecord, sender: str) -> EmailMessage:
    """The mail as it is sent."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = sender, mail.to, mail.subject
    found["Date"] = format_datetime(mail.at)
    found["Message-ID"] = f"<{mail.key}@{sender.rpartition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(mail.body + "\n")
    return found


def _connected(parts: SplitResult) -> smtplib.SMTP:
    """A connection that is encrypted, unless the server is this machine."""
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
    if host not in LOOPBACK:
        server.starttls(context=context)
    return server
