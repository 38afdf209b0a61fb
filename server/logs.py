"""Logs with personal data masked whatever a caller, a library or an exception hands in."""

from __future__ import annotations

import logging
import threading
from collections.abc import MutableMapping
from typing import Any

import structlog

from consultation.privacy import mask

MOST = 8000  # characters of one text; the tail is kept, where a traceback says what happened
HEAD = 200  # characters dropped where a text was cut: the cut may have split what would have been masked


def redacted(text: str) -> str:
    """The text, masked; of a long one the tail."""
    if len(text) <= MOST:
        return mask(text)
    return "… " + mask(text[-MOST:])[HEAD:]


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {_masked(key): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return redacted(value if isinstance(value, str) else repr(value))


_OURS = frozenset({"timestamp", "level", "conversation"})  # made by us, and look like numbers


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the last line of defence, after every module has been careful."""
    return {key: value if key in _OURS else _masked(value) for key, value in event.items()}


class RedactingFormatter(logging.Formatter):
    """The same for what comes through the standard library: message, traceback and stack."""

    def formatException(self, ei: Any) -> str:
        return redacted(super().formatException(ei))  # the record keeps it for other handlers

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    """Python would print the bare traceback."""
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        error = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("threading").error("a thread ended", exc_info=error)


def set_up(level: str) -> None:
    """Call once, at start-up, before libraries are set up."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # DBOS gives its logger a handler of its own, past ours, unless it finds one.
    logging.getLogger("dbos").handlers[:] = [logging.NullHandler()]
    logging.getLogger("dbos").propagate = True
    threading.excepthook = _thread_failed
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
