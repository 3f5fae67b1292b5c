"""The public pages of certified results: who won, the proof, and where anybody checks a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from livefest import clock
from livefest.limits import within_limit
from livefest.models import Fest
from livefest.pages import public_answer, public_page
from livefest.remembered import Remembered
from livefest.site import fest_context, fest_of
from rankings.models import Edition
from rankings.results_file import file_lines
from rankings.results_page import results_page
from rankings.results_verify import edition_with

SHA256 = re.compile("[0-9a-f]{64}")
CHECK_SECONDS = 10  # what a hash is of, as others keep the answer
FOR_EVER = "public, max-age=31536000, immutable"  # an edition never changes
PIECE = 64 * 1024  # bytes of a file that go out together
MOST_BYTES = 100 * 1024 * 1024  # of an upload; who has a bigger file computes its hash
LIMIT = "10/m"  # uploads of an address

_editions = Remembered(1.0)


def version_of_results(*, fest: str, **_more: object) -> str:
    """Changes with a new edition; and by the minute, for the names that are shown."""
    latest = _editions.get(
        fest, lambda: Edition.objects.filter(fest__slug=fest).order_by("-number").values_list("pk", flat=True).first()
    )
    return f"{latest or 0}.{int(clock.now().timestamp()) // 60}"


def edition_of(fest: str, number: str) -> Edition:
    """The edition of an address, with its fest. Raises Http404."""
    edition = Edition.objects.filter(fest__slug=fest, number=int(number)).select_related("fest").first()
    if edition is None:
        fest_of(fest)  # says so where there is no such festival
        raise Http404(_("There is no such edition."))
    return edition


@require_safe
@public_page(version_of_results)
def results(request: HttpRequest, fest: str) -> HttpResponse:
    """The latest edition; what is to be said before the first."""
    found = fest_of(fest)
    edition = Edition.objects.filter(fest=found).select_related("fest").order_by("-number").first()
    return shown(request, found, edition)


@require_safe
@public_page(version_of_results)
def results_edition(request: HttpRequest, fest: str, number: str) -> HttpResponse:
    edition = edition_of(fest, number)
    return shown(request, edition.fest, edition)


def shown(request: HttpRequest, fest: Fest, edition: Edition | None) -> HttpResponse:
    page = results_page(edition) if edition else None
    context = {**fest_context(fest, "results"), "page": page, "possible_from": fest.grace_ends}
    return render(request, "rankings/results.html", context)


@csrf_exempt  # nothing can be sent to it: a POST is told so
@require_safe
def results_file(request: HttpRequest, fest: str, number: str) -> HttpResponseBase:
    """The canonical file, streamed."""
    edition = edition_of(fest, number)
    headers = {
        **kept_for_ever(edition.sha256, f"{edition.fest.slug}-results-{edition.number}.jsonl"),
        "Content-Length": str(edition.length),
        "Content-Type": "application/jsonl",
    }
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(pieces(file_lines(edition)), headers=headers)


@csrf_exempt  # nothing can be sent to it: a POST is told so
@require_safe
def results_campaign(request: HttpRequest, fest: str, number: str) -> HttpResponse:
    """The campaign file by which the edition was scored."""
    edition = edition_of(fest, number)
    headers = kept_for_ever(edition.campaign_sha256, f"{edition.fest.slug}.toml")
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    return HttpResponse(edition.campaign, content_type="application/toml; charset=utf-8", headers=headers)


def kept_for_ever(digest: str, name: str) -> dict[str, str]:
    disposition = f'attachment; filename="{name}"'
    return {"ETag": f'"{digest}"', "Cache-Control": FOR_EVER, "Content-Disposition": disposition}


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the client has it; a proxy that compresses makes an ETag a weak one."""
    return not {etag, f"W/{etag}"}.isdisjoint(parse_etags(request.headers.get("If-None-Match", "")))


def not_modified(headers: dict[str, str]) -> HttpResponse:
    return HttpResponseNotModified(headers={name: headers[name] for name in ("ETag", "Cache-Control")})


@require_safe
@public_answer(CHECK_SECONDS)
def verify(request: HttpRequest, fest: str) -> HttpResponse:
    """Which edition a SHA-256 is of."""
    asked = request.GET.get("sha256", "").strip().lower()
    if not asked:
        return answered(request, fest_of(fest))
    if not SHA256.fullmatch(asked):
        return answered(request, fest_of(fest), problem=_("A SHA-256 has 64 digits, of 0 to 9 and a to f."))
    return answered(request, fest_of(fest), asked=asked)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest, fest: str) -> HttpResponse:
    """Which edition an uploaded file is. Nothing is stored and nobody's rights are used, so that no token has to
    protect it: the page of the form stays without a cookie. The bytes are counted as they come in, and forgotten."""
    if request.method != "POST":
        return public_answer(CHECK_SECONDS)(lambda request: redirect("verify", fest=fest))(request)
    response = checked_upload(request, fest_of(fest))
    response["Cache-Control"] = "no-store"
    return response


def checked_upload(request: HttpRequest, fest: Fest) -> HttpResponse:
    if not within_limit(request, group="verify", rate=LIMIT, key="ip"):
        problem = _("You have checked very often. Wait a minute, then check again.")
        response = answered(request, fest, problem=problem, status=429)
        response["Retry-After"] = "60"
        return response
    too_long = _("This file is longer than we take: compute its SHA-256 yourself, and look that up.")
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        return answered(request, fest, problem=too_long, status=413)
    hashing = HashingHandler(request)
    request.upload_handlers = [hashing]
    sent = "file" in request.FILES
    if hashing.too_long:
        return answered(request, fest, problem=too_long, status=413)
    if not sent:
        return answered(request, fest, problem=_("Choose the file first."), status=422)
    return answered(request, fest, asked=hashing.digest.hexdigest())


def answered(
    request: HttpRequest, fest: Fest, *, asked: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    edition = edition_with(asked) if asked else None
    replaced = edition is not None and hasattr(edition, "replaced_by")
    context = {"asked": asked, "problem": problem, "edition": edition, "replaced": replaced, "most": MOST_BYTES}
    return render(request, "rankings/results_verify.html", {**fest_context(fest, "results"), **context}, status=status)


class HashingHandler(FileUploadHandler):
    """Counts the bytes of the field "file" as they come in, and keeps none."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.digest = hashlib.sha256()
        self.length = 0
        self.too_long = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.length += len(raw_data)
        if self.length > MOST_BYTES:
            self.too_long = True
            raise StopUpload(connection_reset=True)
        if self.field_name == "file":
            self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:  # type: ignore[type-arg]
        return UploadedFile(name=self.file_name, size=file_size) if file_size else None


def pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in bigger pieces."""
    gathered: list[bytes] = []
    length = 0
    for each in lines:
        gathered.append(each)
        length += len(each)
        if length >= PIECE:
            yield b"".join(gathered)
            gathered, length = [], 0
    yield b"".join(gathered)
