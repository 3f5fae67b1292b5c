"""Production starts with what it needs and with nothing less; services are named by URL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from livefest.settings import services

ROOT = Path(__file__).parent.parent
ENOUGH = {
    "DJANGO_SETTINGS_MODULE": "livefest.settings.production",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "fest.example.org",
    "DATABASE_URL": "postgresql://fest@db.example.org/fest",
    "REDIS_URL": "redis://cache.example.org/0",
}


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Starts the project far enough to read its settings and print a few."""
    shown = "s.DEBUG, s.SESSION_COOKIE_SECURE, s.CELERY_BROKER_URL, s.STANDINGS_URL, s.DATABASES['default']['HOST']"
    code = f"import django; django.setup(); from django.conf import settings as s; print({shown})"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_what_it_needs() -> None:
    done = start(ENOUGH)
    assert (done.returncode, done.stdout) == (
        0,
        "False True redis://cache.example.org/0 redis://cache.example.org/0 db.example.org\n",
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_refuses_to_start_without(name: str) -> None:
    done = start({**ENOUGH, name: ""})
    assert done.returncode != 0
    assert f"ImproperlyConfigured: Production needs these environment variables: {name} (" in done.stderr


def test_production_names_all_that_is_missing_at_once() -> None:
    done = start({"DJANGO_SETTINGS_MODULE": "livefest.settings.production"})
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
        assert f"{name} (" in done.stderr


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"LIVEFEST_NOW": "2026-02-17T00:00:00Z"}, "production lives by the clock"),
        ({"ALLOWED_HOSTS": " , "}, "needs these environment variables: ALLOWED_HOSTS ("),
        ({"DATABASE_URL": "mysql://u:pass-word@h/d"}, "DATABASE_URL is no URL that libpq reads"),
        ({"MONITORING_TOKEN": "short"}, "MONITORING_TOKEN has 5 characters; take 16 random ones or more"),
        ({"MONITORING_NETWORKS": "10.0.0.1/8"}, "MONITORING_NETWORKS: 10.0.0.1/8 has host bits set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has 5 characters; production needs 32 random ones or more"),
    ],
    ids=str,
)
def test_production_refuses_to_start_unsafely(setting: dict[str, str], message: str) -> None:
    done = start({**ENOUGH, **setting})
    assert done.returncode != 0
    assert message in done.stderr
    assert "pass-word" not in done.stderr


def test_wsgi_and_celery_are_production_unless_told_otherwise() -> None:
    for module in ("livefest.wsgi", "livefest.celery"):
        done = subprocess.run(
            [sys.executable, "-c", f"import {module} as m; m.app.conf.broker_url if 'celery' in m.__name__ else None"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Production needs these environment variables" in done.stderr, module


def test_finer_urls_replace_the_common_one() -> None:
    finer = {"CELERY_BROKER_URL": "amqp://queue.example.org", "STANDINGS_URL": "unix:///run/standings.sock?db=2"}
    assert start({**ENOUGH, **finer}).stdout == (
        "False True amqp://queue.example.org unix:///run/standings.sock?db=2 db.example.org\n"
    )


@pytest.mark.parametrize(
    ("url", "host", "name"),
    [
        ("postgresql://u:p%40ss@h.example.org:5433/fest?sslmode=require", "h.example.org", "fest"),
        ("postgresql://livefest@%2Ftmp%2Flf%20x/livefest", "/tmp/lf x", "livefest"),
        ("host='/tmp/lf x' dbname=fest", "/tmp/lf x", "fest"),
    ],
)
def test_database_is_named_by_any_url_that_libpq_reads(url: str, host: str, name: str) -> None:
    settings = services.database(url)
    assert (settings["HOST"], settings["NAME"]) == (host, name)


def test_broker_on_a_socket_is_spelled_as_celery_does() -> None:
    assert services.broker("unix:///tmp/v.sock?db=3") == "redis+socket:///tmp/v.sock?virtual_host=3"
    assert services.broker("rediss://host/1") == "rediss://host/1"
