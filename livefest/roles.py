"""What members of staff may do, by role: four groups that every migration makes and keeps as they stand here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as global_apps

APPS = ("livefest", "creators", "challenges", "rankings", "rewards")

# The campaign's lists with the rows that belong to theirs.
CAMPAIGN = [
    *("livefest.*_metric", "livefest.*_region", "livefest.*_round"),
    *("creators.*_group",),
    *("challenges.*_challenge", "challenges.*_goal"),
    *("rankings.*_rule", "rankings.*_rulebonus", "rankings.*_ruletier"),
    *("rankings.*_board", "rankings.*_boardgate", "rankings.*_rankbonus"),
    *("rewards.*_reward",),
]
SEE_ALL = [f"{app}.view_*" for app in APPS]
# Everything of the fest, its figures and its people; not the accounts of users, nor the audit.
SEE_FEST = [
    *("livefest.view_fest", "livefest.view_metric", "livefest.view_region", "livefest.view_round"),
    *("livefest.view_announcement", "livefest.view_partner", "livefest.view_publiccopy", "livefest.view_terms"),
    *("creators.view_*", "challenges.view_*", "rankings.view_*", "rewards.view_*"),
]

# Patterns of permissions, "*" for any characters. One that no model has yet gives nothing.
ROLES: dict[str, list[str]] = {
    "organiser": [
        *SEE_ALL,
        "auth.view_group",
        *("livefest.add_fest", "livefest.change_fest"),
        *CAMPAIGN,
        *("livefest.*_announcement", "livefest.add_terms", "livefest.change_terms"),
        *("livefest.*_partner", "creators.*_product", "creators.*_productshown"),
        *("creators.*_show", "creators.*_showhost", "creators.*_spotlight"),
        "livefest.change_notification",  # what failed is sent again; nothing else of it changes
        *("creators.*_source",),
        *("creators.add_creator", "creators.change_creator", "creators.add_entry", "creators.change_entry"),
        *("creators.*_membership", "creators.change_joinrequest", "challenges.add_joining"),
        *("rankings.add_admission", "rankings.change_admission"),
        *("creators.decide_participation", "creators.answer_enquiry"),
        *("creators.change_profile", "creators.change_plannedlive"),  # something is taken out, nothing written
        *("creators.propose_correction", "creators.approve_correction"),
        *("rankings.freeze_fest", "rankings.propose_results", "rankings.approve_results"),
        *("rewards.propose_award", "rewards.approve_award"),
    ],
    "moderator": [
        *SEE_FEST,
        *("livefest.view_termsacceptance", "livefest.view_ageconfirmation", "livefest.view_notification"),
        *("creators.add_creator", "creators.change_creator", "creators.add_entry", "creators.change_entry"),
        *("creators.*_membership", "creators.change_joinrequest", "challenges.add_joining"),
        "creators.change_group",  # communities alone: a league is the campaign's
        *("creators.decide_participation", "creators.answer_enquiry"),
        *("creators.change_profile", "creators.change_plannedlive"),
        "creators.propose_correction",
    ],
    "rewards": [*SEE_FEST, "rewards.*"],
    "auditor": [*SEE_ALL, "auth.view_group"],
}


def keep_roles(sender: AppConfig, using: str, apps: Apps = global_apps, **_more: Any) -> None:
    """Makes the groups and gives each just what its role says, of the permissions that there are.

    What was added to one of them by hand is taken away, so that what is written here is true everywhere: an
    installation's own rights belong in groups of its own.
    """
    try:
        groups, permissions = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return  # a migration so far back that there are no rights yet
    named = {
        pk: f"{app}.{codename}"
        for pk, app, codename in permissions.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, patterns in ROLES.items():
        group, _created = groups.objects.using(using).get_or_create(name=role)
        wanted = {pk for pk, name in named.items() if any(fnmatchcase(name, pattern) for pattern in patterns)}
        held = set(group.permissions.using(using).values_list("pk", flat=True))
        group.permissions.remove(*(held - wanted))
        group.permissions.add(*(wanted - held))


def as_table() -> str:
    """The roles as a Markdown table, which docs/roles.md shows."""
    rows = ["| role | may |", "| --- | --- |"]
    for role, patterns in ROLES.items():
        rows.append(f"| `{role}` | {', '.join(f'`{pattern}`' for pattern in dict.fromkeys(patterns))} |")
    return "\n".join(rows)
