"""Sources and their secrets, by the command `source`: made, rotated, revoked, shown once, unreadable in a dump."""

from __future__ import annotations

import io
import re

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command

from creators.models import Source, SourceSecret
from creators.sources import SourceError, add_secret, read_secret
from livefest.models import Fest

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=\n")


def source_command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("source", "uk-valentine", *arguments, stdout=out)
    return out.getvalue()


def test_secret_is_shown_once_and_unreadable_in_a_dump(fest: Fest) -> None:
    shown = source_command("create", "platform")
    assert SECRET.fullmatch(shown)
    secret = SourceSecret.objects.get()
    assert read_secret(secret) == shown.strip()
    dump = serializers.serialize("json", [*Source.objects.all(), *SourceSecret.objects.all()])
    assert shown.strip().removeprefix("whsec_") not in dump
    assert source_command("list") == f"platform: /ingest/platform/, …{shown.strip()[-4:]}\n"


def test_rotating_keeps_two_valid_and_revokes_the_oldest(fest: Fest) -> None:
    shown = [source_command("create", "platform").strip()]
    for _ in range(3):
        shown.append(source_command("rotate", "platform").strip())
        valid = SourceSecret.objects.filter(revoked_at=None).order_by("id")
        assert [read_secret(one) for one in valid] == shown[-2:]
    assert SourceSecret.objects.count() == 4


def test_third_secret_is_refused_until_one_is_revoked(source: Source) -> None:
    add_secret(source=source, by=None)
    add_secret(source=source, by=None)
    with pytest.raises(SourceError, match='"platform" has two valid secrets; revoke the older one first'):
        add_secret(source=source, by=None)


def test_revoking_needs_to_know_which(fest: Fest) -> None:
    first = source_command("create", "platform").strip()
    second = source_command("rotate", "platform").strip()
    with pytest.raises(CommandError, match="Say which secret with --secret and its last four characters"):
        source_command("revoke", "platform")
    assert source_command("revoke", "platform", "--secret", first[-4:]) == f"…{first[-4:]} is revoked\n"
    assert [read_secret(one) for one in SourceSecret.objects.filter(revoked_at=None)] == [second]
    assert source_command("revoke", "platform") == f"…{second[-4:]} is revoked\n"
    assert source_command("list") == "platform: /ingest/platform/, no secret\n"


def test_pausing_is_told_and_undone(source: Source) -> None:
    assert source_command("pause", "platform") == '"platform" is paused\n'
    assert ", paused since 20" in source_command("list")
    assert source_command("resume", "platform") == '"platform" is taken again\n'
    assert "paused" not in source_command("list")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "a b"], '"a b" can\'t name a source.'),
        (["create"], "Name the source to create."),
        (["rotate", "nothing"], 'uk-valentine has no source "nothing"; `source uk-valentine list` shows them.'),
    ],
)
def test_wrong_arguments_are_refused(fest: Fest, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        source_command(*arguments)
    assert str(caught.value).startswith(message)


def test_creating_twice_is_refused(fest: Fest) -> None:
    source_command("create", "platform")
    with pytest.raises(CommandError, match='"platform" has a secret already; rotate it to get another'):
        source_command("create", "platform")
