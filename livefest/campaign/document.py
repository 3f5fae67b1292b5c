"""From TOML text to a checked Campaign, and from a Campaign to the TOML document that says the same."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from livefest.campaign.registry import Campaign, CampaignError, Problem, Section, item_path, sections, suggestion
from livefest.campaign.schema import BIGGEST, Item, Spec, from_moment
from livefest.campaign.sections import FestSpec, check_fest
from livefest.models import CampaignItem

Document = dict[str, Any]
SpecT = TypeVar("SpecT", bound=Spec)


def parse_campaign(text: str | bytes, *, filename: str = "") -> Campaign:
    """The campaign that a TOML text says. Raises CampaignError with every problem found."""
    try:
        return check_document(read_document(text))
    except CampaignError as error:
        raise CampaignError(error.problems, filename=filename) from error


def read_document(text: str | bytes) -> Document:
    """The tables of a TOML text as they stand there, unchecked."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise CampaignError([Problem(f"line {line}", "is not UTF-8; save the file as UTF-8")]) from error
    if "\0" in text:
        raise CampaignError([Problem("", "has a NUL character; leave it out")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CampaignError([Problem("", f"is not TOML: {error}")]) from error
    except RecursionError as error:
        raise CampaignError([Problem("", "is nested too deeply; no value has more than two levels")]) from error
    except ValueError as error:  # int() of thousands of digits
        raise CampaignError([Problem("", f"has a number too big to read; write up to {BIGGEST}")]) from error


def check_document(document: Document) -> Campaign:
    """The campaign that the tables of a document make up. Raises CampaignError with every problem found: first those
    of single tables, and only where there are none those between tables."""
    campaign = Campaign(*check_tables(document))
    problems = list(check_fest(campaign)) or [problem for section in sections() for problem in section.check(campaign)]
    if problems:
        raise CampaignError(problems)
    return campaign


def check_tables(document: Document) -> tuple[FestSpec, dict[str, list[Item]]]:
    """The tables of a document, each checked by itself. Raises CampaignError with every problem found."""
    known = ["fest", *(section.name for section in sections())]
    problems = [Problem(name, f"unknown section; {suggestion(name, known)}") for name in document if name not in known]
    fest_table = document.get("fest")
    if not isinstance(fest_table, dict):
        wrong = "is not a table" if "fest" in document else "is missing"
        problems.append(Problem("fest", f"{wrong}; begin with one table [fest] with slug, name, time_zone, …"))
        raise CampaignError(problems)
    context = {"zone": zone_of(fest_table)}
    fest = check_table(FestSpec, fest_table, "fest", context, problems)
    lists = {
        section.name: list(check_list(section, document.get(section.name, []), context, problems))
        for section in sections()
    }
    if problems or fest is None:
        raise CampaignError(problems)
    return fest, lists


def check_list(
    section: Section[Item, CampaignItem], tables: Any, context: dict[str, ZoneInfo], problems: list[Problem]
) -> Iterator[Item]:
    """The tables of a section that are right by themselves; problems, slugs that stand twice too, go to `problems`."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(Problem(section.name, f"is not a list of tables; begin each with [[{section.name}]]"))
        return
    seen: dict[str, str] = {}
    for index, table in enumerate(tables):
        path = item_path(section.name, index, table.get("slug"))
        item = check_table(section.spec, table, path, context, problems)
        if item is None:
            continue
        if item.slug in seen:
            problems.append(
                Problem(f"{path}.slug", f"is the slug of {seen[item.slug]} already; write another or leave one out")
            )
        seen.setdefault(item.slug, path)
        yield item


def zone_of(fest_table: Document) -> ZoneInfo:
    """The zone in which moments are read; UTC where the file's own can't be (a problem reported with the table)."""
    try:
        return ZoneInfo(fest_table.get("time_zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        return ZoneInfo("UTC")


def check_table(
    spec: type[SpecT], table: Document, path: str, context: dict[str, ZoneInfo], problems: list[Problem]
) -> SpecT | None:
    """The table as a `spec`; None where it has problems, which are added to `problems`."""
    try:
        return spec.model_validate(table, context=context)
    except ValidationError as error:
        problems += explain(spec, error, path)
        return None


def explain(spec: type[Spec], error: ValidationError, path: str) -> Iterator[Problem]:
    """pydantic's errors as problems: the key's path, the value, and what to write instead."""
    for detail in error.errors(include_url=False):
        yield Problem(key_path(path, detail["loc"]), explanation(spec, detail))


def key_path(path: str, location: tuple[int | str, ...]) -> str:
    for step in location:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return path


def explanation(spec: type[Spec], detail: ErrorDetails) -> str:
    value, context = detail.get("input"), detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return f"unknown key; {suggestion(str(detail['loc'][-1]), keys_at(spec, detail['loc'][:-1]))}"
        case "value_error":
            return f"{shown(value)} {context['error']}" if not isinstance(value, dict) else str(context["error"])
        case "int_type" | "int_from_float" | "int_parsing":
            return f"{shown(value)} is not a whole number; write one such as 100"
        case "int_parsing_size":
            return f"{shown(value)} is too big a number; write a smaller one"
        case "greater_than_equal":
            return f"{shown(value)} is too small; write {context['ge']} or more"
        case "less_than_equal":
            return f"{shown(value)} is too big; write {context['le']} or less"
        case "string_type":
            return f"{shown(value)} is not a text; write it in quotes"
        case "bool_type":
            return f"{shown(value)} is neither true nor false; write one of them, without quotes"
        case "literal_error":
            return f"{shown(value)} is none of {context['expected']}; write one of them"
        case "list_type" | "tuple_type":
            return f"{shown(value)} is not a list; write it in [ ]"
        case "too_short":
            return "is empty; name at least one"
        case "model_type" | "dict_type":
            return f"{shown(value)} is not a table; write it in {{ }}"
        case _:
            return f"{shown(value)}: {detail['msg']}"


def keys_at(spec: type[Spec], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at `location` inside a table of `spec` may have."""
    current: Any = spec
    for step in location:
        if isinstance(step, str):
            current = next(
                (
                    nested_spec(field.annotation)
                    for name, field in current.model_fields.items()
                    if (field.alias or name) == step
                ),
                None,
            )
            if current is None:
                return []
    return [field.alias or name for name, field in current.model_fields.items()]


def nested_spec(annotation: Any) -> type[Spec] | None:
    """The Spec inside an annotation such as `list[BonusSpec]` or `PlacementSpec | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := nested_spec(argument):
            return found
    return None


def shown(value: object) -> str:
    """A value in a line for people, cut short."""
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)  # escapes what can't be seen, as TOML does
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, datetime):
        text = value.isoformat()
    else:
        try:
            text = str(value)
        except (ValueError, RecursionError):  # thousands of digits, thousands of levels
            text = f"this {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:79]}…"


def to_table(spec: Spec, zone: ZoneInfo) -> Document:
    """A table of the file that says what `spec` says, in the fewest keys."""
    return cast(Document, spell(spec.model_dump(by_alias=True, exclude_defaults=True), zone))


def spell(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return from_moment(value, zone)
    if isinstance(value, dict):
        return {key: spell(inner, zone) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [spell(inner, zone) for inner in value]
    return value
