"""A stand-in for TikTok and Google: an OAuth 2 server that speaks their protocol, over HTTP, and believes nothing.

A code is for one client, one address to come back to, one use, and the verifier of its challenge (RFC 7636).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

Query = dict[str, str]
CLIENT, SECRET = "our-client", "our-secret"
BACK = {name: f"http://testserver/accounts/{name}/login/callback/" for name in ("tiktok", "google")}
PEOPLE: dict[str, dict[str, Any]] = {
    "tiktok": {
        "open_id": "open-id-of-ada",
        "display_name": "Ada <b>goes LIVE</b>",
        "avatar_url": "https://example.org/ada.webp",
        "username": "ada.live",
        "profile_deep_link": "https://example.org/@ada.live",
    },
    "google": {"sub": "1234567890", "email": "ada@example.org", "email_verified": True, "given_name": "Ada"},
}


class Refused(Exception):
    """What a request lacks."""


@dataclass
class StandIn:
    """What the server knows. `people` is who is signed in there; `refuses` is whether they say no; `codes` and `tokens`
    are what it has given; `refused` why it said no to a request of ours."""

    port: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: dict(who) for name, who in PEOPLE.items()})
    refuses: bool = False
    codes: dict[str, Query] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def authorize(self, name: str, query: Query) -> str:
        """Where the browser is sent back to."""
        expect(query, **{client_word(name): CLIENT}, redirect_uri=BACK[name], response_type="code")
        if not query.get("state"):
            raise Refused("no state")
        if name == "google":
            expect(query, code_challenge_method="S256")
        if self.refuses:
            return f"{BACK[name]}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe()
        self.codes[code] = query | {"name": name}
        return f"{BACK[name]}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, name: str, form: Query) -> dict[str, Any]:
        word = client_word(name)
        expect(form, **{word: CLIENT}, client_secret=SECRET, redirect_uri=BACK[name], grant_type="authorization_code")
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["name"] != name:
            raise Refused("code not known, or used")
        if "code_challenge" in asked:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
                raise Refused("verifier doesn't fit the challenge")
        token = secrets.token_urlsafe()
        self.tokens[token] = name
        answer: dict[str, Any] = {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
        if name == "google":
            now = int(time.time())
            claims = {"iss": "https://accounts.google.com", "aud": CLIENT, "iat": now, "exp": now + 3600}
            answer["id_token"] = jwt.encode(claims | self.people[name], "x" * 32, algorithm="HS256")
        return answer

    def who(self, name: str, bearer: str, query: Query) -> dict[str, Any]:
        if self.tokens.get(bearer) != name:
            raise Refused("token not known")
        fields = query["fields"].split(",")
        user = {key: value for key, value in self.people[name].items() if key in fields}
        return {"data": {"user": user} if user else {}, "error": {"code": "ok"}}


def client_word(name: str) -> str:
    return "client_key" if name == "tiktok" else "client_id"


def single(text: str) -> Query:
    return {key: values[0] for key, values in parse_qs(text).items()}


def expect(given: Query, **wanted: str) -> None:
    for key, value in wanted.items():
        if given.get(key) != value:
            raise Refused(f"{key} is {given.get(key)!r}")


@contextmanager
def stand_in() -> Iterator[StandIn]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(found := StandIn()))
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def handler(known: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answered(single(urlsplit(self.path).query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answered(single(body))

        def answered(self, given: Query) -> None:
            name, what = urlsplit(self.path).path.strip("/").split("/")
            try:
                if what == "authorize":
                    self.send_response(302)
                    self.send_header("Location", known.authorize(name, given))
                    self.end_headers()
                elif what == "token":
                    self.json(200, known.token(name, given))
                else:
                    bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                    self.json(200, known.who(name, bearer, given))
            except Refused as reason:
                known.refused.append(str(reason))
                self.json(400, {"error": "invalid_request", "error_description": str(reason)})

        def json(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: Any) -> None:
            """Says nothing."""

    return Handler
