"""The campaign file into the database and out of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from livefest import audit
from livefest.campaign.document import (
    Document,
    check_document,
    check_tables,
    parse_campaign,
    read_document,
    shown,
    to_table,
)
from livefest.campaign.registry import Campaign, CampaignError, Problem, Section, item_path, sections
from livefest.campaign.schema import Item, Spec
from livefest.campaign.sections import fest_spec, save_fest
from livefest.models import CampaignItem, Fest, NamedCampaignItem, Region


def check_campaign(text: str | bytes, *, filename: str = "") -> list[str]:
    """What `load_campaign` would change. It is loaded and taken back, so that also what the records forbid is found.
    Raises CampaignError."""
    with transaction.atomic():
        changes = load_campaign(text, filename=filename)
        transaction.set_rollback(True)
    return changes


def load_campaign(text: str | bytes, *, filename: str = "") -> list[str]:
    """Creates or updates the fest that a campaign file describes, all of it or nothing.

    Returns what changed, a line for each table that came (+), went (-) or has another value (~), in the file's
    order; empty when the fest says the same already. Raises CampaignError.
    """
    campaign = parse_campaign(text, filename=filename)
    try:
        with transaction.atomic():
            fest = Fest.objects.select_for_update(no_key=True).filter(slug=campaign.fest.slug).first()
            present = None if fest is None else readable_campaign(fest)
            changes = list(differences(present, campaign))
            fest = save_fest(campaign.fest)
            for section in sections():
                save_section(section, fest, campaign, present)
            for section in reversed(sections()):
                prune_section(section, fest, campaign)
            prune_regions(fest, campaign)
            fest.campaign_file = text.decode("utf-8-sig") if isinstance(text, bytes) else text
            fest.save(update_fields=["campaign_file"])
            audit.record(fest, verb="load campaign", after={"changes": changes})
    except CampaignError as error:
        raise CampaignError(error.problems, filename=filename) from error
    return changes


def save_section(
    section: Section[Item, CampaignItem], fest: Fest, campaign: Campaign, present: Campaign | None
) -> None:
    """Writes the rows of a section that are new, changed, or at another position."""
    before = {} if present is None else {item.slug: item for item in present.sections[section.name]}
    positions = dict(section.model._default_manager.filter(fest=fest).values_list("slug", "position"))
    for position, (path, item) in enumerate(paths(section, campaign)):
        if before.get(item.slug) == item and positions.get(item.slug) == position:
            continue
        try:
            with transaction.atomic():
                section.save(fest, item, position)
        except IntegrityError as error:
            raise CampaignError([Problem(path, f"contradicts what has been recorded: {first_line(error)}")]) from error


def prune_section(section: Section[Item, CampaignItem], fest: Fest, campaign: Campaign) -> None:
    """Deletes the rows that the campaign no longer has; refuses where records hang on them."""
    kept = [item.slug for item in campaign.sections[section.name]]
    for row in rows_of(section, fest).exclude(slug__in=kept):
        delete_row(row, f"{section.name} {row.slug}")


def rows_of(section: Section[Item, CampaignItem], fest: Fest) -> models.QuerySet[CampaignItem]:
    """The rows of a section that are part of the file."""
    return section.model._default_manager.filter(section.in_file, fest=fest)


def prune_regions(fest: Fest, campaign: Campaign) -> None:
    for region in Region.objects.filter(fest=fest).exclude(code__in=campaign.fest.regions):
        delete_row(region, f"fest.regions {region.code}")


def delete_row(row: models.Model, path: str) -> None:
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, IntegrityError) as error:
        raise CampaignError(
            [Problem(path, "can't be left out: records (facts, members, creators …) hang on it; keep it")]
        ) from error


def read_campaign(fest: Fest) -> Campaign:
    """The campaign that the database says, each table checked by itself only. Raises CampaignError."""
    return Campaign(*check_tables(stored_document(fest)))


def campaign_in_words(fest: Fest) -> Campaign:
    """As `read_campaign`, with names in the language that is active: to be described on a page, and for nothing else.
    Raises CampaignError."""
    return Campaign(*check_tables(stored_document(fest, local=True)))


def readable_campaign(fest: Fest) -> Campaign | None:
    """The campaign that the database says; None where the admin left one that no file could say, which loading a file
    puts right."""
    try:
        return read_campaign(fest)
    except CampaignError:
        return None


def stored_document(fest: Fest, *, local: bool = False) -> Document:
    """The tables that the database says, unchecked, every list there; `local` with names in the language that is
    active."""
    document: Document = {"fest": without_none(fest_spec(fest))}
    for section in sections():
        rows = (
            rows_of(section, fest)
            .select_related(*section.related)
            .prefetch_related(*section.children)
            .order_by("position", "id")
        )
        document[section.name] = [without_none({**section.to_spec(row), **local_name(row, local)}) for row in rows]
    return document


def local_name(row: CampaignItem, local: bool) -> Document:
    return {"name": row.local.name} if local and isinstance(row, NamedCampaignItem) else {}


def check_stored(fest: Fest) -> Campaign:
    """The campaign that the database says, checked as a file is. Raises CampaignError."""
    return check_document(stored_document(fest))


def export_campaign(fest: Fest) -> str:
    """The campaign as a TOML file. Loading it again changes nothing; where the fest came from a file, what hasn't
    been changed since is spelled as there (offsets, defaults written out)."""
    return to_text(to_document(read_campaign(fest), spelled=fest.campaign_file))


def to_text(document: Document) -> str:
    """The document as TOML: lists without tables, `[fest]`, then each list's tables in turn, what is inside a table on
    one line."""
    text = tomlkit.document()
    for name in [name for name, value in document.items() if value == []]:
        text.add(name, tomlkit.array())
    for name, value in document.items():
        if isinstance(value, dict):
            text.add(name, to_toml_table(value))
        elif value:
            tables = tomlkit.aot()
            for table in value:
                tables.append(to_toml_table(table))
            text.add(name, tables)
    return tomlkit.dumps(text)


def to_toml_table(values: Document) -> tomlkit.items.Table:
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, to_toml_value(value))
    return table


def to_toml_value(value: Any) -> Any:
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for key, inner in value.items():
            inline.append(key, to_toml_value(inner))
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(to_toml_value(inner))
        return array
    return value


def to_document(campaign: Campaign, *, spelled: str = "") -> Document:
    """The tables that say what `campaign` says, each spelled as in the text `spelled` where it says the same."""
    written, mentioned = as_written(spelled, campaign.zone)

    def table(name: str, key: str, spec: Spec) -> Document:
        same = written.get((name, key))
        return same[1] if same and same[0] == spec else to_table(spec, campaign.zone)

    document: Document = {"fest": table("fest", campaign.fest.slug, campaign.fest)}
    for section in sections():
        items = campaign.sections[section.name]
        if items or section.name in mentioned:
            document[section.name] = [table(section.name, item.slug, item) for item in items]
    return document


def as_written(text: str, zone: ZoneInfo) -> tuple[dict[tuple[str, str], tuple[Spec, Document]], set[str]]:
    """The tables of a stored file by section and slug: what each says in the zone that the fest has now, and its
    spelling; and the names of the sections that it has. Empty where the file no longer holds."""
    if not text:
        return {}, set()
    try:
        document = read_document(text)
        document["fest"]["time_zone"] = zone.key
        fest, lists = check_tables(document)
    except CampaignError:
        return {}, set()
    written: dict[tuple[str, str], tuple[Spec, Document]] = {("fest", fest.slug): (fest, document["fest"])}
    for name, items in lists.items():
        for item, table in zip(items, document.get(name, []), strict=True):
            written[name, item.slug] = (item, table)
    return written, set(document)


def differences(present: Campaign | None, campaign: Campaign) -> Iterator[str]:
    if present is None:
        yield f"+ fest {campaign.fest.slug}"
    else:
        yield from table_differences("fest", present.fest, campaign.fest)
    for section in sections():
        old = {} if present is None else {item.slug: item for item in present.sections[section.name]}
        new = {item.slug: item for item in campaign.sections[section.name]}
        for slug, item in new.items():
            if slug not in old:
                yield f"+ {section.name} {slug}"
            else:
                yield from table_differences(f"{section.name} {slug}", old[slug], item)
        yield from (f"- {section.name} {slug}" for slug in old if slug not in new)
        if [slug for slug in old if slug in new] != [slug for slug in new if slug in old]:
            yield f"~ {section.name}: in another order"


def table_differences(path: str, old: Spec, new: Spec) -> Iterator[str]:
    before, after = old.model_dump(by_alias=True), new.model_dump(by_alias=True)
    for key in after:
        if before[key] != after[key]:
            yield f"~ {path}.{key}: {readable(before[key])} → {readable(after[key])}"


def readable(value: object) -> str:
    """A value in a line for people: moments in UTC, nothing for keys that are left out."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return f"[{', '.join(readable(inner) for inner in value)}]"
    if isinstance(value, dict):
        pairs = [f"{key} = {readable(inner)}" for key, inner in value.items() if inner is not None]
        return f"{{{', '.join(pairs)}}}"
    return "none" if value is None else shown(value)


def paths(section: Section[Item, CampaignItem], campaign: Campaign) -> Iterator[tuple[str, Item]]:
    for index, item in enumerate(campaign.sections[section.name]):
        yield item_path(section.name, index, item.slug), item


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: without_none(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
