"""A cookie by which a public page's script knows that it may ask for what is personal. It says nothing else, proves
nothing, and viewers get none: public pages stay the same bytes for everyone, and look at no session."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NAME, VALUE = "signed_in", "1"


class SignedInHintMiddleware:
    """Sets the cookie with the first answer after signing in, and takes it away with the first after signing out.

    Stands after AuthenticationMiddleware. Only where the view looked at the session does it look too, so that what may
    be cached for everyone is not made to vary by cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = getattr(request, "session", None)
        if session is None or not session.accessed:
            return response
        hinted = request.COOKIES.get(NAME) == VALUE
        if request.user.is_authenticated and not hinted:
            response.set_cookie(
                NAME,
                VALUE,
                max_age=None if session.get_expire_at_browser_close() else session.get_expiry_age(),
                path=settings.SESSION_COOKIE_PATH,
                domain=settings.SESSION_COOKIE_DOMAIN,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=False,  # it is for the script
                samesite="Lax",
            )
        elif hinted and not request.user.is_authenticated:
            response.delete_cookie(
                NAME, path=settings.SESSION_COOKIE_PATH, domain=settings.SESSION_COOKIE_DOMAIN, samesite="Lax"
            )
        return response
