"""From the keys of TikTok and Google to allauth's setting, and what the content policy must let forms lead to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

Keys = tuple[str, str]  # what names our app there, and its secret

ORIGINS = {"tiktok": "https://www.tiktok.com", "google": "https://accounts.google.com"}


def social_providers(*, tiktok: Keys, google: Keys) -> dict[str, dict[str, Any]]:
    """SOCIALACCOUNT_PROVIDERS; one without keys has no app and isn't offered. Raises ImproperlyConfigured for half."""
    return {
        "tiktok": {"provider_class": "livefest.accounts.providers.TikTok", "APPS": apps("TIKTOK_CLIENT", tiktok)},
        "google": {
            "provider_class": "livefest.accounts.providers.Google",
            "APPS": apps("GOOGLE_CLIENT", google),
            "SCOPE": ["profile", "email"],
            "OAUTH_PKCE_ENABLED": True,
        },
    }


def apps(prefix: str, keys: Keys) -> list[dict[str, str]]:
    client_id, secret = (key.strip() for key in keys)
    if bool(client_id) != bool(secret):
        raise ImproperlyConfigured(f"Of {prefix}_… only one of two keys is set; set both, or neither.")
    return [{"client_id": client_id, "secret": secret}] if client_id else []


def authorizing_origins(providers: dict[str, dict[str, Any]]) -> list[str]:
    """Where people are asked whether they let us know who they are, of the providers that are offered."""
    return [ORIGINS[name] for name, provider in providers.items() if provider["APPS"]]
