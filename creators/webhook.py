"""The signed webhook: `POST /ingest/<source>/`, as CAMPAIGN.md and the Standard Webhooks specification say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from standardwebhooks import Webhook, WebhookVerificationError

from creators.intake import Outcome, Refusal, SourcePaused, measure, record_facts
from creators.lives import record_lives
from creators.models import Source, SourceSecret
from creators.reports import FactReport, LiveReport, Malformed, parse_fact, parse_json, parse_live, readable_id
from creators.sources import SourceError, read_secret
from livefest import clock, metrics

MOST_BYTES = 1024 * 1024
MOST_FACTS = 1000
MOST_LIVES = 100
RETRY_AFTER = "5"  # seconds

log = structlog.get_logger(__name__)


class Refused(Exception):
    """A call that is answered with `status` and `reason` and stores nothing."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@csrf_exempt
@require_POST
def ingest(request: HttpRequest, source: str) -> JsonResponse:
    """Takes a call's facts and lives, all in one transaction, and answers once they are durable.

    A call sent again is harmless: its facts are duplicates, and its lives are no newer than what stands.
    """
    try:
        body = read_body(request)
        sender = verified_source(source, body, request)
        facts, lives = read_payload(body)
        answer = store(sender, facts, lives, reported_at=signed_at(request))
    except Refused as refusal:
        metrics.WEBHOOK_REFUSED.labels(refusal.status).inc()
        return JsonResponse({"error": refusal.reason}, status=refusal.status)
    except (OperationalError, InterfaceError, InternalError, IntegrityError, SourceError) as error:
        log.exception("webhook_cannot_store", source=source, error=str(error))
        return retry_later("The facts can't be stored now; send them again.")
    except SourcePaused:
        log.warning("webhook_paused", source=source)
        return retry_later("The source is paused; send the facts again later.")
    return JsonResponse(answer)


def retry_later(reason: str) -> JsonResponse:
    metrics.WEBHOOK_REFUSED.labels(503).inc()
    return JsonResponse({"error": reason}, status=503, headers={"Retry-After": RETRY_AFTER})


def read_body(request: HttpRequest) -> bytes:
    """The body, of a declared length that is read only if it is small enough."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise Refused(411, "Send the body's Content-Length.")
    if int(length) > MOST_BYTES:
        raise Refused(413, f"The body has {length} bytes; send at most {MOST_BYTES} a call.")
    if request.content_type != "application/json":
        raise Refused(415, f"The content type is {request.content_type!r}; send application/json.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(415, "Send the body without a Content-Encoding.")
    try:
        request.body.decode()
    except UnicodeDecodeError as error:
        raise Refused(422, "The body is not UTF-8.") from error
    return request.body


def verified_source(name: str, body: bytes, request: HttpRequest) -> Source:
    """The source of this name whose valid secret signed the call. Unknown and unsigned are answered alike."""
    candidates = SourceSecret.objects.filter(source__name=name, revoked_at=None).select_related("source__fest")
    unreadable: SourceError | None = None
    for secret in candidates:
        try:
            Webhook(read_secret(secret)).verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # the library lets a header that is no header raise ValueError
            continue
        except SourceError as error:
            unreadable = error
        else:
            return secret.source
    if unreadable:
        raise unreadable
    raise Refused(401, "The signature is missing, wrong, or over five minutes old.")


def signed_at(request: HttpRequest) -> datetime:
    """The moment at which the sender signed the call; a verified call has a valid one."""
    return datetime.fromtimestamp(int(float(request.headers["webhook-timestamp"])), UTC)


def read_payload(body: bytes) -> tuple[list[Any], list[Any]]:
    """The facts and lives of a call as they were sent, counted but unchecked."""
    try:
        payload = parse_json(body)
    except Malformed as error:
        raise Refused(422, f"The body is {error}.") from error
    if not isinstance(payload, dict):
        raise Refused(422, 'Send an object such as {"facts": [ … ], "lives": [ … ]}.')
    lists: list[list[Any]] = []
    for key, most in (("facts", MOST_FACTS), ("lives", MOST_LIVES)):
        value = payload.get(key, [])
        if not isinstance(value, list):
            raise Refused(422, f'"{key}" is not a list.')
        if len(value) > most:
            raise Refused(413, f'"{key}" has {len(value)} entries; send at most {most} a call.')
        lists.append(value)
    return lists[0], lists[1]


def store(sender: Source, facts: list[Any], lives: list[Any], *, reported_at: datetime) -> dict[str, Any]:
    """Stores what can be and returns the answer. Places are from 0, of the call's own lists."""
    fact_places, fact_reports, malformed = parsed(facts, parse_fact)
    live_places, live_reports, malformed_lives = parsed(lives, parse_live)
    with transaction.atomic():
        outcome = record_facts(source=sender, reports=fact_reports, arrived_at=clock.now())
        refused_lives = record_lives(source=sender, reports=live_reports, reported_at=reported_at)
    answer = fact_answer(outcome, fact_places, malformed)
    if lives:
        rejected = sorted(
            malformed_lives
            + [Refusal(live_places[refusal.index], refusal.id, refusal.reason) for refusal in refused_lives],
            key=lambda refusal: refusal.index,
        )
        answer["lives"] = {"accepted": len(lives) - len(rejected), "rejected": [as_json(one) for one in rejected]}
    log.info(
        "webhook_taken",
        source=sender.name,
        accepted=outcome.accepted,
        duplicates=outcome.duplicates,
        conflicts=len(answer["conflicts"]),
        rejected=len(answer["rejected"]),
        lives=len(lives),
    )
    measure(sender, outcome, fact_reports, way="webhook", malformed=len(malformed))
    return answer


def parsed(items: list[Any], parse: Any) -> tuple[list[int], list[Any], list[Refusal]]:
    """The places and reports of the items that have the shape, and refusals of those that don't."""
    places: list[int] = []
    reports: list[FactReport | LiveReport] = []
    refused: list[Refusal] = []
    for place, item in enumerate(items):
        try:
            reports.append(parse(item))
            places.append(place)
        except Malformed as error:
            refused.append(Refusal(place, readable_id(item), str(error)))
    return places, reports, refused


def fact_answer(outcome: Outcome, places: list[int], malformed: list[Refusal]) -> dict[str, Any]:
    def placed(refusals: list[Refusal]) -> list[Refusal]:
        return [Refusal(places[refusal.index], refusal.id, refusal.reason) for refusal in refusals]

    rejected = sorted(malformed + placed(outcome.rejected), key=lambda refusal: refusal.index)
    return {
        "accepted": outcome.accepted,
        "duplicates": outcome.duplicates,
        "conflicts": [as_json(refusal) for refusal in placed(outcome.conflicts)],
        "rejected": [as_json(refusal) for refusal in rejected],
    }


def as_json(refusal: Refusal) -> dict[str, Any]:
    return {"index": refusal.index, "id": refusal.id, "reason": refusal.reason}
