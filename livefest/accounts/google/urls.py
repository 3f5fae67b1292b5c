"""Addresses of sign-in with Google; allauth looks for them here."""

from livefest.accounts.providers import Google, addresses_of

urlpatterns = addresses_of(Google)
