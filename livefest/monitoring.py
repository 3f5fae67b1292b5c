"""Who may see how the site is doing: what names machines and figures isn't for everybody."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from livefest.client_address import client_address


def may_see_figures(request: HttpRequest) -> bool:
    """Whether the request shows MONITORING_TOKEN, or comes from one of MONITORING_NETWORKS; where neither is set,
    nobody may."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if settings.MONITORING_TOKEN and scheme.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.MONITORING_TOKEN)
    return is_near(client_address(request)) if settings.MONITORING_NETWORKS else False


def is_near(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in settings.MONITORING_NETWORKS)
