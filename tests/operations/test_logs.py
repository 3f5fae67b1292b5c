"""What a log line says, and what never stands in one."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from django.test import Client

from livefest.settings.logs import logging_config

log = structlog.get_logger("tests.operations")


@contextmanager
def written(form: str = "json", level: str = "INFO") -> Iterator[io.StringIO]:
    """What is logged in the block, as an environment of this form would write it."""
    config = logging_config(level, form)
    file = io.StringIO()
    config["handlers"]["stderr"]["stream"] = file
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logging.config.dictConfig(config)
    try:
        yield file
    finally:
        root.handlers[:], level_before = before
        root.setLevel(level_before)
        for name in config["loggers"]:
            logging.getLogger(name).setLevel(logging.NOTSET)


def lines(file: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_line_says_when_what_and_for_which_request() -> None:
    with written() as file, structlog.contextvars.bound_contextvars(request_id="r-1"):
        log.warning("something", number=3)
        logging.getLogger("django.other").warning("it said %s", "so")
        log.debug("little")
    first, second = lines(file)
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "something",
        "number": 3,
        "level": "warning",
        "logger": "tests.operations",
        "request_id": "r-1",
    }
    assert (second["event"], second["request_id"], second["logger"]) == ("it said so", "r-1", "django.other")


def test_neither_secrets_nor_people_are_logged() -> None:
    def sign_in(password: str) -> None:
        raise ValueError("Key (email)=(ada@example.org) already exists at postgresql://fest:hidden-1@db/fest")

    with written() as file:
        log.info("call", webhook_signature="v1,hidden-2", session_key="hidden-3", url="redis://:hidden-4@cache/0")
        log.info("mail", path="/accounts/password/reset/key/1-hidden-5/", to="ada.lovelace@mail.example.org")
        log.info("request_finished", request="GET /en/?q=hidden-6", user_agent="hidden-7", code=404)
        try:
            sign_in("hidden-8")
        except ValueError:
            log.exception("failed")
    text = file.getvalue()
    assert "hidden-" not in text
    assert "example.org" not in text
    call, mail, request, failed = lines(file)
    assert (call["webhook_signature"], call["url"]) == ("(hidden)", "redis://(hidden)@cache/0")
    assert mail["path"] == "/accounts/password/reset/key/(hidden)/"
    assert request["request"] == "GET /en/"
    (raised,) = failed["exception"]
    assert raised["exc_type"] == "ValueError"
    assert [frame["name"] for frame in raised["frames"]][-1] == "sign_in"


@pytest.mark.django_db
def test_request_is_logged_once_without_who_asked(client: Client) -> None:
    with written() as file:
        client.get("/en/nothing/at/all/?name=ada", headers={"user-agent": "A browser"}, REMOTE_ADDR="192.0.2.7")
        client.get("/health/live")
    (line,) = lines(file)
    assert (line["event"], line["request"], line["code"]) == ("request_finished", "GET /en/nothing/at/all/", 404)
    assert line.keys() == {"event", "request", "code", "request_id", "timestamp", "level", "logger"}


def test_people_read_lines_in_development() -> None:
    with written("console") as file:
        log.info("something", number=3)
    assert "something" in file.getvalue()
    assert "number=3" in file.getvalue()
    with pytest.raises(ValueError, match="LOG_FORMAT is 'xml'; write json or console"):
        logging_config("INFO", "xml")
