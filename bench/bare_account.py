"""allauth's accounts for a Django without middleware: its own configuration refuses to be there without one of its."""

from allauth.account.apps import AccountConfig


class Account(AccountConfig):  # type: ignore[misc]  # allauth has no types
    def ready(self) -> None:
        pass
