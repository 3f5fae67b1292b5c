"""Whose request it is: the client's address, behind as many proxies as the settings say."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  an address that nobody has


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw (`TRUSTED_PROXIES`), by the same rule as at sign-in. What a
    client writes into X-Forwarded-For itself stands left of it and is not believed.

    Who came around the proxies goes by the connection's own address; all whose address isn't known share one.
    """
    try:
        address: str = get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        address = request.META.get("REMOTE_ADDR") or UNKNOWN
    return address
