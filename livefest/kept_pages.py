"""Kept pages go out before anything else of a request is looked at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from livefest import metrics
from livefest.pages import Answers, Away, Kept, PageKey, answer, pages

OF_ONE_ANSWER = {"Content-Encoding", "Content-Length", "Content-Type", "ETag"}


class KeptPagesMiddleware:
    """Answers from the pages that `livefest.pages` keeps, with the headers that all other middleware gave the page's
    first answer. They are the same for everyone, as the page is, so that none of it has to run again.

    Stands before everything else. What SecurityMiddleware sends to HTTPS is no page, so none is kept for HTTP.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            return self.get_response(request)
        request.get_host()  # refuses hosts that aren't ours
        # A query in another spelling than its view's finds nothing here; the view finds its page.
        key = PageKey.of(request, request.META.get("QUERY_STRING", ""))
        kept = pages.get(key)
        if kept and kept.answers and is_current(kept):
            metrics.PAGES["kept"] += 1
            return answer(request, kept.page, kept.answers)
        response = self.get_response(request)
        kept = pages.get(key)
        if kept and not kept.answers and response.get("ETag") == kept.page.etag:
            said = {name: value for name, value in response.items() if name not in OF_ONE_ANSWER}
            kept.answers = Answers.of(kept.page, said)
        return response


def is_current(kept: Kept) -> bool:
    try:
        return kept.current() == kept.page.version
    except Away:
        return False  # the view knows what to do
