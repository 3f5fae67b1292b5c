"""What others or records hang on is not deleted, and the page says why."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from creators.models import Entry
from livefest.models import Fest, Metric
from rankings.models import Board, Rule
from rewards.models import Reward
from tests.admin.pages import body, delete, messages


def test_metric_that_a_rule_counts_can_not_be_deleted(admin_client: Client, uk_valentine: Fest) -> None:
    metric = Metric.objects.get(slug="coins")
    page = body(admin_client.post(delete(metric), {"post": "yes"}))
    assert "would require deleting the following protected related objects" in page
    assert "<li>Rules</li>" in page.replace("\n", "")
    assert Metric.objects.filter(slug="coins").exists()


def test_metric_with_facts_can_not_be_deleted(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(uk_valentine, 1)
    likes = Metric.objects.get(slug="likes")
    Rule.objects.filter(metric=likes).delete()
    response = admin_client.post(delete(likes), {"post": "yes"}, follow=True)
    assert messages(response) == ["Facts were recorded in this metric; keep it."]
    assert Metric.objects.filter(slug="likes").exists()
    assert LogEntry.objects.count() == 0


def test_rule_that_a_board_names_can_not_be_deleted(admin_client: Client, uk_valentine: Fest) -> None:
    Board.objects.filter(slug="today").update(rules=["gifts"])
    gifts = Rule.objects.get(slug="gifts")
    response = admin_client.post(delete(gifts), {"post": "yes"}, follow=True)
    assert messages(response)[0].startswith('Boards[2] today.rules[1]: "gifts" is not declared in rules; ')
    assert Rule.objects.filter(slug="gifts").exists()
    assert gifts.bonuses.count() == 1


def test_several_rules_are_deleted_all_or_none(admin_client: Client, uk_valentine: Fest) -> None:
    Board.objects.filter(slug="today").update(rules=["gifts"])
    url = reverse("admin:rankings_rule_changelist")
    chosen = {"action": "delete_selected", "post": "yes"}
    rules = list(Rule.objects.filter(slug__in=["likes", "gifts"]).values_list("pk", flat=True))
    response = admin_client.post(url, {**chosen, "_selected_action": rules}, follow=True)
    assert messages(response)[0].startswith('Boards[2] today.rules[1]: "gifts" is not declared in rules; ')
    assert Rule.objects.filter(pk__in=rules).count() == 2
    likes = Rule.objects.get(slug="likes").pk
    response = admin_client.post(url, {**chosen, "_selected_action": [likes]}, follow=True)
    assert messages(response) == ["Successfully deleted 1 rule."]
    assert not Rule.objects.filter(slug="likes").exists()


def test_built_in_metric_can_not_be_deleted_with_others(admin_client: Client, uk_valentine: Fest) -> None:
    Challenge.objects.all().delete()  # they are paid in it, which alone would forbid it
    pk = Metric.objects.get(slug="bonus").pk
    data = {"action": "delete_selected", "post": "yes", "_selected_action": [pk]}
    assert admin_client.post(reverse("admin:livefest_metric_changelist"), data).status_code == 403
    assert Metric.objects.filter(pk=pk).exists()


def test_board_with_rewards_can_not_be_deleted(admin_client: Client, uk_valentine: Fest) -> None:
    page = body(admin_client.get(delete(Board.objects.get(slug="leagues"))))
    assert "<li>Rewards</li>" in page.replace("\n", "")


def test_reward_is_deleted(admin_client: Client, uk_valentine: Fest) -> None:
    assert admin_client.post(delete(Reward.objects.get()), {"post": "yes"}).status_code == 302
    assert Reward.objects.count() == 0


def test_rows_that_records_hang_on_have_no_delete_page(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(uk_valentine, 1)
    entry = Entry.objects.get()
    source = uk_valentine.sources.get()
    for row in [uk_valentine, entry, entry.creator, source, entry.facts.get()]:
        assert admin_client.post(delete(row), {"post": "yes"}).status_code == 403
