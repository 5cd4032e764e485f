"""Redaction: what must never be written down or quoted, hidden before it is, and found where it was.

Secrets are known by value (keys, secrets, PEM keys and their lines), by their name (a signature, API key or listen key
in a query, in JSON, in JSON that is text inside of JSON, in a repr, in a header) and by their place or shape (a listen
key names a stream, and keys of the venue are 64 letters and digits).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from conformance.binance.account import Account

API_KEY = "API-KEY"
SECRET = "SECRET"  # noqa: S105 - the placeholder of one
SIGNATURE = "SIGNATURE"
_LISTEN_KEY = re.compile(r"LISTENKEY-\d+")
#: Placeholders, and the words that a history has for a signature: none of them is a secret.
_WORDS = frozenset({API_KEY, SECRET, SIGNATURE, "absent", "unverified", "valid", "invalid", "known", "unknown"})
# Between a name and its value: `=` in a query, `:` in JSON, whose quotes are escaped where it is text inside of JSON.
_IS = r"\\*[\"']?\s*[=:]\s*\\*[\"']?"
_NAMES = r"signature|listen_?key|api[_-]?key"
_NAME = re.compile(_NAMES)
_NAMED = re.compile(rf"(?i)(({_NAMES})(?:{_IS}|[\"'],\s*[\"']))([A-Za-z0-9%+/=_-]+)")
_IN_PLACE = re.compile(r"(/(?:ws|stream)/|streams=)([A-Za-z0-9]{32,})")
_BARE = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9]{60,}(?![A-Za-z0-9+/=_-])")
# What a value of each name looks like at the venue: 64 hex digits or 88 characters of base64, 64 letters and digits.
_SHAPES = {
    "signature": re.compile(r"[0-9a-fA-F]{64}|[A-Za-z0-9+/%]{84,}=*"),
    "listen key": re.compile(r"[A-Za-z0-9]{60,}"),
    "API key": re.compile(r"[A-Za-z0-9]{60,}"),
}
# Shorter values would also be found inside innocent text; no key or signature of the venue is that short.
_SHORTEST = 8


class Redaction:
    """Placeholders for one session's secrets. The same listen key always becomes the same `LISTENKEY-n`."""

    def __init__(self, accounts: Iterable[Account] = (), secrets: Iterable[str] = ()) -> None:
        self._values: dict[str, str] = {}
        self._listen_keys: dict[str, str] = {}
        self._signatures: set[str] = set()
        for account in accounts:
            self.learn(account)
        for value in secrets:
            self._learn(value, SECRET)

    def learn(self, account: Account) -> None:
        """Take an account's API key and secret for what they are from now on."""
        for value in account.secrets:
            self._learn(value, API_KEY if value == account.api_key else SECRET)

    def hide(self, text: str) -> str:
        """Return `text` (JSON, a query, a log line) with every known or recognisable secret replaced."""
        text = self._without_named(text)
        for value, placeholder in self._values.items():
            if value in text:
                text = text.replace(value, placeholder)
        text = _IN_PLACE.sub(lambda match: f"{match[1]}{self.listen_key(match[2])}", text)
        return _BARE.sub(SECRET, text)

    def _without_named(self, text: str) -> str:
        parts, told = [], 0
        for match in _named(text):
            parts += [text[told : match.end(1)], self._placeholder(match[2], match[3])]
            told = match.end()
        return "".join([*parts, text[told:]]) if parts else text

    def find(self, text: str, more: Iterable[str] = ()) -> list[str]:
        """Return the kinds of secret in `text`, such as `a signature`; empty means clean. No secret is repeated.

        `more` are values that are secret as well.
        """
        values = {**Redaction(secrets=more)._values, **self._values}
        known = {placeholder for value, placeholder in values.items() if value in text}
        found = {_KINDS.get(placeholder, "a listen key") for placeholder in known}
        found.update("a signature" for value in tuple(self._signatures) if value in text)
        for match in _named(text):
            kind = _kind(match[2])
            if _SHAPES[kind].fullmatch(match[3]):
                found.add(f"an {kind}" if kind == "API key" else f"a {kind}")
        if any(_SHAPES["listen key"].fullmatch(match[2]) for match in _IN_PLACE.finditer(text)):
            found.add("a listen key")
        return sorted(found)

    def listen_key(self, value: str) -> str:
        """Return the placeholder of a listen key, the same one every time; a placeholder stays itself."""
        if _LISTEN_KEY.fullmatch(value) or not value:
            return value
        if value not in self._listen_keys:
            self._listen_keys[value] = f"LISTENKEY-{len(self._listen_keys) + 1}"
            self._learn(value, self._listen_keys[value])
        return self._listen_keys[value]

    def parse(self, body: bytes | str) -> Any:
        """Return a body as the history shows it: redacted, and parsed where it is JSON."""
        text = self.hide(body if isinstance(body, str) else body.decode("utf-8", "replace"))
        try:
            return json.loads(text)
        except ValueError:
            return text

    def params(self, params: Mapping[str, str]) -> dict[str, str]:
        """Return request parameters without secrets."""
        return {
            key: self._placeholder(key, value) if key in ("signature", "apiKey", "listenKey") else self._known(value)
            for key, value in params.items()
        }

    def _placeholder(self, name: str, value: str) -> str:
        kind = _kind(name)
        if value in _WORDS or _LISTEN_KEY.fullmatch(value):
            return value
        if kind == "listen key":
            return self.listen_key(unquote(value))
        if kind == "API key":
            return API_KEY
        if len(value) >= _SHORTEST:
            self._signatures.update((value, unquote(value), quote(value, safe="")))
        return SIGNATURE

    def _known(self, value: str) -> str:
        for secret, placeholder in self._values.items():
            if secret in value:
                value = value.replace(secret, placeholder)
        return value

    def _learn(self, value: str, placeholder: str) -> None:
        if len(value) < _SHORTEST:
            return
        once = json.dumps(value)[1:-1]
        # A PEM key spans lines: it is known as a whole in each of its forms, and line by line.
        lines = {line.strip() for line in value.splitlines()} if "\n" in value else set()
        body = {line for line in lines if len(line) >= _SHORTEST and "-----" not in line}
        for form in sorted({value, quote(value, safe=""), once, json.dumps(once)[1:-1]} | body, key=len, reverse=True):
            self._values[form] = placeholder


_KINDS = {API_KEY: "an API key", SECRET: "a secret"}


def _named(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_NAMED` finds, in a quarter of its time: where case does not matter, it has nothing to skip to."""
    if not text.isascii():
        # What is written small may be longer.
        yield from _NAMED.finditer(text)
        return
    end = 0
    for name in _NAME.finditer(text.lower()):
        if name.start() >= end and (match := _NAMED.match(text, name.start())):
            end = match.end()
            yield match


def _kind(name: str) -> str:
    lower = name.lower()
    return "signature" if lower == "signature" else "listen key" if lower.startswith("listen") else "API key"
