"""The section `groups` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal

from django.db.models import Q
from pydantic import Field

from creators.models import Group, Membership
from creators.wording import describe_group
from livefest.campaign.registry import Campaign, CampaignError, Problem, Section, register
from livefest.campaign.schema import Count, CountOrZero, Moment, NamedItem, Slug, SmallCount, Spec
from livefest.campaign.sections import usable_metric
from livefest.campaign.spans import is_duration, length, too_long
from livefest.models import Fest, Metric


class PlacementSpec(Spec):
    metric: Slug
    from_: Moment = Field(alias="from")
    until: Moment
    at_least: CountOrZero = 0
    below: Count | None = None

    def overlaps(self, other: PlacementSpec) -> bool:
        """Whether one creator could be placed by both at the same moment. Placements with different ends don't
        overlap: whoever the earlier one placed, the later one leaves alone. Quantities of two metrics say nothing of
        each other; of one metric, those since an earlier moment are at least those since a later one."""
        if self.until != other.until:
            return False
        if self.metric != other.metric:
            return True
        longer, shorter = sorted((self, other), key=lambda placement: placement.from_)
        return (longer.below is None or shorter.at_least < longer.below) and (
            longer.from_ < shorter.from_ or shorter.below is None or longer.at_least < shorter.below
        )


class GroupSpec(NamedItem):
    kind: Literal["league", "community"]
    placement: PlacementSpec | None = None
    roster: SmallCount | None = None


def check_groups(campaign: Campaign) -> Iterator[Problem]:
    placed: list[tuple[str, PlacementSpec]] = []
    for path, group in campaign.located(GroupSpec):
        if group.roster is not None and group.kind == "league":
            yield Problem(f"{path}.roster", 'only a community has a roster; leave it out, or write kind = "community"')
        if group.placement is None:
            continue
        if group.kind == "community":
            yield Problem(f"{path}.placement", 'a community is joined; leave it out, or write kind = "league"')
            continue
        yield from check_placement(campaign, path, group.placement)
        placed.append((path, group.placement))
    for (path, placement), (other_path, other) in combinations(placed, 2):
        if placement.overlaps(other):
            yield Problem(
                f"{other_path}.placement",
                f"overlaps that of {path}: a creator could be placed in both; "
                "let each begin (at_least) where the one before ends (below)",
            )


def check_placement(campaign: Campaign, path: str, placement: PlacementSpec) -> Iterator[Problem]:
    yield from usable_metric(campaign, placement.metric, f"{path}.placement.metric", "placement")
    if placement.from_ >= placement.until:
        yield Problem(
            f"{path}.placement.until",
            f"until ({placement.until:%Y-%m-%dT%H:%MZ}) is not after from; write a later moment",
        )
    elif placement.until > campaign.fest.ends:
        yield Problem(
            f"{path}.placement.until",
            f"{placement.until:%Y-%m-%dT%H:%MZ} is after the fest; write a moment up to its end",
        )
    if placement.below is not None and placement.at_least >= placement.below:
        yield Problem(
            f"{path}.placement.below",
            f"{placement.below} is not above at_least ({placement.at_least}); write a bigger number",
        )


def warn_groups(campaign: Campaign) -> Iterator[Problem]:
    for path, group in campaign.located(GroupSpec):
        placement = group.placement
        if placement and is_duration(campaign, placement.metric):
            available = length((placement.from_, placement.until))
            yield from too_long(f"{path}.placement.at_least", placement.at_least, "its window", available)


def to_spec(row: Group) -> dict[str, object]:
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "placement": {
            "metric": row.placement_metric.slug,
            "from": row.placement_from,
            "until": row.placement_until,
            "at_least": row.placement_at_least,
            **({} if row.placement_below is None else {"below": row.placement_below}),
        }
        if row.placement_metric
        else None,
        "roster": row.roster,
    }


def refuse_small_roster(fest: Fest, slug: str, roster: int | None) -> None:
    """Raises CampaignError when the group has more members than `roster`."""
    if roster is None:
        return
    members = Membership.objects.filter(group__fest=fest, group__slug=slug).count()
    if members > roster:
        raise CampaignError(
            [Problem(f"groups {slug}.roster", f"{roster} is less than its {members} members; write more")]
        )


def refuse_other_kind(fest: Fest, slug: str, kind: str) -> None:
    """Raises CampaignError when the group has members, or was asked to take some, and isn't of this kind."""
    group = Group.objects.filter(fest=fest, slug=slug).exclude(kind=kind).first()
    if group and (group.memberships.exists() or group.join_requests.exists()):
        has = "members" if group.memberships.exists() else "requests to join"
        raise CampaignError(
            [Problem(f"groups {slug}.kind", f'can\'t become "{kind}": the group has {has}; keep "{group.kind}"')]
        )


def refuse_made(fest: Fest, slug: str) -> None:
    """Raises CampaignError when a creator has made a community of this slug: it is theirs, and no part of the file."""
    made = Group.objects.filter(fest=fest, slug=slug, made_at__isnull=False).first()
    if made:
        raise CampaignError(
            [
                Problem(
                    f"groups {slug}",
                    f'is a community that a creator has made ("{made.name}"), which no file describes; '
                    "choose another slug, or leave it out",
                )
            ]
        )


def save_group(fest: Fest, spec: GroupSpec, position: int) -> None:
    """Creates or updates a group. Refuses one that a creator has made, and what contradicts its members: a smaller
    roster, another kind."""
    refuse_made(fest, spec.slug)
    refuse_small_roster(fest, spec.slug, spec.roster)
    refuse_other_kind(fest, spec.slug, spec.kind)
    placement = spec.placement
    Group.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={
            "name": spec.name,
            "kind": spec.kind,
            "roster": spec.roster,
            "placement_metric": Metric.objects.get(fest=fest, slug=placement.metric) if placement else None,
            "placement_from": placement.from_ if placement else None,
            "placement_until": placement.until if placement else None,
            "placement_at_least": placement.at_least if placement else 0,
            "placement_below": placement.below if placement else None,
            "position": position,
            # The way in is staff's, not the file's; a league has none.
            **({"way_in": Group.WayIn.CLOSED, "join_code": ""} if spec.kind == "league" else {}),
        },
    )


register(
    Section(
        name="groups",
        spec=GroupSpec,
        model=Group,
        to_spec=to_spec,
        save=save_group,
        check=check_groups,
        related=("placement_metric",),
        in_file=Q(made_at=None),
        windows=lambda campaign: [
            (group.placement.from_, group.placement.until) for group in campaign.items(GroupSpec) if group.placement
        ],
        warn=warn_groups,
        describe=describe_group,
    )
)
