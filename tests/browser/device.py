"""A phone in Chromium that keeps passkeys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE


class Device(NamedTuple):
    """A phone that keeps passkeys; `wrong` is what its console complained of."""

    page: Page
    origin: str
    wrong: list[str]
    session: Any
    id: str

    def goto(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def press(self, name: str) -> None:
        """Once the page's scripts are there: a button that asks for a passkey does nothing before."""
        button = self.page.get_by_role("button", name=name, exact=True)
        button.wait_for()
        self.page.wait_for_load_state("load")
        button.click()

    def verify(self, able: bool) -> None:
        """Whether its owner is there, who shows a finger or types the PIN."""
        known = {"authenticatorId": self.id, "isUserVerified": able}
        self.session.send("WebAuthn.setUserVerified", known)


@contextmanager
def phone_with_passkeys(browser: Browser, url: str) -> Iterator[Device]:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        session = context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        known = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        # A passkey is for a name: that of the machine will do, its number won't.
        yield Device(page, url.replace("127.0.0.1", "localhost"), wrong, session, known["authenticatorId"])
