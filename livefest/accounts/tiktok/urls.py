"""Addresses of sign-in with TikTok; allauth looks for them here."""

from livefest.accounts.providers import TikTok, addresses_of

urlpatterns = addresses_of(TikTok)
