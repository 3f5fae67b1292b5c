"""TikTok and Google as allauth has them, but that their addresses can be set, and that one without keys is not there.

Settings of a provider (`SOCIALACCOUNT_PROVIDERS`) may name other addresses than its own (`AUTHORIZE_URL`,
`ACCESS_TOKEN_URL`, …): a stand-in's, in tests. TikTok keeps the handle in `extra_data["username"]`, as of their last
sign-in with TikTok, if they let us know it.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.tiktok.provider import TikTokProvider
from allauth.socialaccount.providers.tiktok.views import TikTokOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path


class Settable(OAuth2Adapter):  # type: ignore[misc]
    """An adapter whose addresses the provider's settings may name."""

    addresses: tuple[str, ...] = ("authorize_url", "access_token_url")

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        for name in self.addresses:
            if address := settings.SOCIALACCOUNT_PROVIDERS[self.provider_id].get(name.upper()):
                setattr(self, name, address)

    def get_provider(self) -> Any:
        try:
            return super().get_provider()
        except SocialApp.DoesNotExist:
            raise Http404(f"Sign-in with {self.provider_id} is not set up.") from None

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """As allauth's, but an answer that says nothing of who it is about is the provider's error, not ours."""
        try:
            return super().complete_login(request, app, token, **kwargs)
        except (KeyError, TypeError, ValueError) as error:
            raise OAuth2Error(f"{self.provider_id} did not say whose account it is.") from error


class TikTokAdapter(Settable, TikTokOAuth2Adapter):  # type: ignore[misc]
    addresses = (*Settable.addresses, "profile_url")


class GoogleAdapter(Settable, GoogleOAuth2Adapter):  # type: ignore[misc]
    addresses = (*Settable.addresses, "identity_url")


class TikTok(TikTokProvider):  # type: ignore[misc]
    package = "livefest.accounts.tiktok"
    oauth2_adapter_class = TikTokAdapter


class Google(GoogleProvider):  # type: ignore[misc]
    package = "livefest.accounts.google"
    oauth2_adapter_class = GoogleAdapter


def addresses_of(provider: type[Any]) -> list[URLPattern]:
    """Of a sign-in's beginning, and where the provider sends people back to; no more than these two."""
    adapter = provider.oauth2_adapter_class
    return [
        path(f"{provider.id}/login/", OAuth2LoginView.adapter_view(adapter), name=f"{provider.id}_login"),
        path(
            f"{provider.id}/login/callback/", OAuth2CallbackView.adapter_view(adapter), name=f"{provider.id}_callback"
        ),
    ]
