"""The logs: one line a happening, with its call, ticket and attempt, and never a whole telephone number."""

import logging
import re
import sys
import threading
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from flask import Response, request
from gunicorn.glogging import Logger as GunicornDefault
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter

from ivr.store.attempts import ticket_of
from routing.numbers import masked

logger = structlog.get_logger()

NUMBER = re.compile(r"(?:\+|%2[bB]|(?<!\w)00)(\d(?:[ .-]?\d){6,14})")
"""A number with its country code, after + or 00, also as it stands in a URL or with gaps between its digits."""

LONGEST = 64
"""Signs of what a request says that it is about: anybody can send one, and the carrier's ids have 34."""

SPOKEN_FOR = ("/voice/", "/sms/")
"""What is asked for under these paths is worth a line."""


def mask(text: str) -> str:
    """The text, with every telephone number in it down to its country code and last two digits."""
    return NUMBER.sub(lambda found: masked("+" + re.sub(r"\D", "", found[1])), text)


class Masked:
    """A renderer whose lines are masked as a whole: values, keys and the text of exceptions."""

    def __init__(self, render: Callable[[Any, str, MutableMapping[str, Any]], Any]) -> None:
        """`render` makes the line."""
        self._render = render

    def __call__(self, log: Any, method: str, event: MutableMapping[str, Any]) -> str:
        """The line."""
        return mask(str(self._render(log, method, event)))


class Harmless:
    """A stream that may be full, or closed by whoever read it: the call that is logged goes on all the same."""

    def __init__(self, stream: TextIO) -> None:
        """What is written goes there."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Write what can be written."""
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        """Let go of it."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def drop_empty(_log: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out what is not known, such as the ticket of a call that has none yet."""
    return {name: value for name, value in event.items() if value is not None}


BEFORE: list[Any] = [
    merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_empty,
]
OF_OTHERS: list[Any] = [structlog.stdlib.add_logger_name, structlog.stdlib.PositionalArgumentsFormatter(), *BEFORE]


def configure_logs(stream: TextIO, as_json: bool, level: int = logging.INFO) -> logging.Handler:
    """Send everything that this process logs to a stream, masked; returns the handler for what others log.

    Others' loggers are heard from WARNING on, ours from `level` on; a `level` below INFO counts for all. Our own lines
    do without the standard library's logging, which takes more than twice as long for each.
    """
    end: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if not as_json:
        # Where rich is installed its coloured tracebacks take seconds each, while a caller waits.
        end = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    end[-1] = Masked(end[-1])
    structlog.configure(
        processors=[*BEFORE, *end],
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", Harmless(stream))),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=OF_OTHERS, processors=[ProcessorFormatter.remove_processors_meta, *end])
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level if level < logging.INFO else logging.WARNING)
    # The durable engine gives a logger that has no handler one of its own, which masks nothing.
    durable = logging.getLogger("dbos")
    durable.handlers, durable.propagate = [logging.NullHandler()], True
    return handler


def log_to_stderr() -> None:
    """What a process of the service does first: JSON lines, or lines to read when a person looks on."""
    configure_logs(sys.stderr, as_json=not sys.stderr.isatty())
    logging.captureWarnings(True)
    sys.excepthook = log_crash
    threading.excepthook = lambda args: log_crash(args.exc_type, args.exc_value, args.exc_traceback)


def log_crash(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    """What nobody caught is a line of the log, too."""
    if error is None or issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    logger.critical("crashed", exc_info=(kind, error, traceback))


class GunicornLog(GunicornDefault):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn's own lines, by way of ours."""

    def setup(self, cfg: Any) -> None:
        """No handler of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def note_request() -> None:
    """Everything logged while a request is answered carries what it is about. Before each request."""
    clear_contextvars()
    attempt, sid = cut(request.args.get("attempt")), cut(request.form.get("CallSid"))
    if attempt:
        bind_contextvars(attempt=attempt, ticket=ticket_of(attempt) or None, leg=sid)
    elif sid:
        bind_contextvars(call=sid)
    if request.path.startswith(SPOKEN_FOR):
        bind_contextvars(step=cut(request.path.rpartition("/")[2]), text=cut(request.form.get("MessageSid")))


def cut(sent: str | None) -> str | None:
    """As much of what was sent as a line takes; None for nothing."""
    return (sent or "")[:LONGEST] or None


def log_answer(response: Response) -> Response:
    """One line for each request of the carrier. After each request."""
    if request.path.startswith(SPOKEN_FOR):
        logger.info("answered", status=response.status_code)
    return response
