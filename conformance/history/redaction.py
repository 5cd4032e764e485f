"""Redaction: what must never be written down, replaced by a placeholder before a record or a cassette is written."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from conformance.binance.account import Account

API_KEY = "API-KEY"
SECRET = "SECRET"  # noqa: S105 - the placeholder of one
SIGNATURE = "SIGNATURE"
_LISTEN_KEY = re.compile(r"LISTENKEY-\d+")
_PLACEHOLDERS = {API_KEY, SECRET, SIGNATURE}
_IN_JSON = re.compile(r'("(?:signature|apiKey|listenKey)"\s*:\s*)"((?:[^"\\]|\\.)*)"')
_IN_QUERY = re.compile(r"\b(signature|apiKey|listenKey)=([^&\s\"']*)")
# Shorter values would also be found inside innocent text; no key or signature of the venue is that short.
_SHORTEST = 8


class Redaction:
    """Placeholders for one session's secrets. The same listen key always becomes the same `LISTENKEY-n`."""

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        self._values: dict[str, str] = {}
        self._listen_keys: dict[str, str] = {}
        self._signatures: set[str] = set()
        for account in accounts:
            for value in account.secrets:
                self._learn(value, API_KEY if value == account.api_key else SECRET)

    def listen_key(self, value: str) -> str:
        """Return the placeholder of a listen key, the same one every time; a placeholder stays itself."""
        if _LISTEN_KEY.fullmatch(value) or not value:
            return value
        if value not in self._listen_keys:
            self._listen_keys[value] = f"LISTENKEY-{len(self._listen_keys) + 1}"
            self._learn(value, self._listen_keys[value])
        return self._listen_keys[value]

    def is_listen_key(self, value: str) -> bool:
        """Say whether `value` is a listen key this session has seen, or the placeholder of one."""
        return value in self._listen_keys or _LISTEN_KEY.fullmatch(value) is not None

    def text(self, text: str) -> str:
        """Return `text` (JSON, a query, a log line) with every known or recognisable secret replaced."""
        text = _IN_JSON.sub(lambda match: f'{match[1]}"{self._named(match[1], match[2])}"', text)
        text = _IN_QUERY.sub(lambda match: f"{match[1]}={self._named(match[1], unquote(match[2]))}", text)
        for value, placeholder in self._values.items():
            if value in text:
                text = text.replace(value, placeholder)
        return text

    def parse(self, body: bytes | str) -> Any:
        """Return a body as the history shows it: redacted, and parsed where it is JSON."""
        text = self.text(body if isinstance(body, str) else body.decode("utf-8", "replace"))
        try:
            return json.loads(text)
        except ValueError:
            return text

    def params(self, params: Mapping[str, str]) -> dict[str, str]:
        """Return request parameters without secrets."""
        return {
            key: self._named(key, value) if key in ("signature", "apiKey", "listenKey") else self._known(value)
            for key, value in params.items()
        }

    def leaks(self, text: str) -> list[str]:
        """Return the kinds of secret found in `text`, which is about to be written to disk: empty means clean."""
        found = {placeholder for value, placeholder in self._values.items() if value in text}
        found.update(SIGNATURE for value in self._signatures if value in text)
        return sorted(found)

    def _named(self, name: str, value: str) -> str:
        if "listenKey" in name:
            return self.listen_key(value)
        if "apiKey" in name:
            return API_KEY
        if value not in _PLACEHOLDERS and len(value) >= _SHORTEST:
            self._signatures.update((value, quote(value, safe="")))
        return SIGNATURE

    def _known(self, value: str) -> str:
        for secret, placeholder in self._values.items():
            if secret in value:
                value = value.replace(secret, placeholder)
        return value

    def _learn(self, value: str, placeholder: str) -> None:
        if len(value) < _SHORTEST:
            return
        # A PEM key spans lines: each of its forms on one line counts, too.
        for form in {value, quote(value, safe=""), json.dumps(value)[1:-1]}:
            self._values[form] = placeholder
