"""How log lines look: structlog's, for Django's and Celery's loggers too; and what never stands in one.

A line says when, how grave, by which logger, what happened, and to which request or task it belongs. There are no
network addresses, browsers, queries of addresses or accounts in it, and no variables of what failed: only where.
"""

import re
import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

PROBES = {"GET /health/live", "GET /health/ready", "GET /metrics"}
SECRET_NAMES = re.compile("password|passwd|secret|token|authorization|cookie|session_key|signature", re.IGNORECASE)
SECRET_TEXTS = [
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), "://(hidden)@"),  # of a service's URL
    (re.compile(r"(/accounts/(?:confirm-email|password/reset/key)/)[^/\s\"']+"), r"\1(hidden)"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "(e-mail address)"),
]


def without_personal(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """The event without what tells who asks, and with what secrets are named by hidden."""
    event.pop("user_agent", None)
    if isinstance(request := event.get("request"), str):
        event["request"] = request.partition("?")[0]
    for key in event:
        if SECRET_NAMES.search(key):
            event[key] = "(hidden)"
    return event


def without_probes(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """All events but the requests of those who watch, every few seconds, where they went well."""
    if event.get("request") in PROBES and event.get("code") == 200:
        raise structlog.DropEvent
    return event


def without_secrets(logger: WrappedLogger, name: str, line: str) -> str:
    """The line with what secrets look like hidden, wherever in it they are: in an error's text, say."""
    for pattern, instead in SECRET_TEXTS:
        line = pattern.sub(instead, line)
    return line


SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    without_personal,
    without_probes,
]

RENDERERS: dict[str, list[Any]] = {
    "json": [
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(),
    ],
    "console": [
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ],
}


def logging_config(level: str, form: str) -> dict[str, Any]:
    """A `LOGGING` dict that writes every line at `level` or above to standard error: as one JSON object ("json"), or
    as people read it ("console")."""
    if form not in RENDERERS:
        raise ValueError(f"LOG_FORMAT is {form!r}; write {' or '.join(RENDERERS)}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *RENDERERS[form],
                    without_secrets,
                ],
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would write each of its lines a second time.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},  # what was answered django-structlog says
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # whoever looks for open doors, all day long
            # What becomes of a task django-structlog says, with its ids.
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
