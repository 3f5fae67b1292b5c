"""The commands on files in a folder of the test's own, and what the database holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction
from pytest_django import DjangoDbBlocker

from tests.campaign.documents import CHANGED, GALA, Document, edited, toml

Load = Callable[..., str]
Export = Callable[[str], str]
AssertRefused = Callable[..., None]

CAMPAIGN_MODELS: list[type[models.Model]] = [
    model
    for app, names in {
        "livefest": ["Fest", "Region", "Metric", "Round"],
        "creators": ["Group"],
        "rankings": ["Rule", "RuleBonus", "RuleTier", "Board", "BoardGate", "RankBonus"],
        "challenges": ["Challenge", "Goal"],
        "rewards": ["Reward"],
    }.items()
    for model in map(apps.get_app_config(app).get_model, names)
]


def stored() -> dict[str, list[Any]]:
    """Every row of every table of the campaign."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in CAMPAIGN_MODELS}


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction, or a part of one, that leaves nothing behind."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def run_load(folder: Path, content: Document | str | bytes, *options: str) -> str:
    """Runs load_campaign on a document, text or bytes; returns what it prints."""
    if isinstance(content, dict):
        content = toml(content)
    file = folder / "campaign.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    out = StringIO()
    call_command("load_campaign", str(file), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def load(tmp_path: Path, db: None) -> Load:
    return partial(run_load, tmp_path)


@pytest.fixture
def export(db: None) -> Export:
    """Runs export_campaign; returns the file."""

    def run(slug: str) -> str:
        out = StringIO()
        call_command("export_campaign", slug, stdout=out)
        return out.getvalue()

    return run


@pytest.fixture(scope="module")
def gala(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, list[Any]]]:
    """GALA, stored once for a module whose tests change nothing (and don't ask for `db`); what is stored."""
    with django_db_blocker.unblock(), rolled_back():
        run_load(tmp_path_factory.mktemp("gala"), GALA)
        yield stored()


@pytest.fixture
def assert_refused(gala: dict[str, list[Any]], tmp_path: Path) -> AssertRefused:
    """Checks that a file is refused with exactly these problems and that nothing of it is stored, neither into the
    stored GALA (from which it should differ in allowed ways too) nor, for a document, as another fest."""

    def check(content: Document | str | bytes, *problems: str) -> None:
        message = "".join(f"campaign.toml: {problem}\n" for problem in problems) + "Nothing was changed."
        attempts: list[tuple[Document | str | bytes, list[str]]] = [(content, ["--check"]), (content, [])]
        if isinstance(content, dict) and content.get("fest") == CHANGED["fest"]:
            attempts.append((edited(content, {"fest.slug": "encore"}), []))
        for attempt, options in attempts:
            with pytest.raises(CommandError) as refusal:
                run_load(tmp_path, attempt, *options)
            assert str(refusal.value) == message
        assert stored() == gala

    return check
