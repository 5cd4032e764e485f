"""Authentication: API key, signature and timestamp of a request (section 3)."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from conformance.simulator.clock import Clock
from conformance.simulator.credentials import ApiKey, Credentials
from conformance.simulator.errors import (
    BAD_SIGNATURE,
    BAD_TIMESTAMP,
    EARLY_TIMESTAMP,
    INVALID_API_KEY_FORMAT,
    MANDATORY,
    UNKNOWN_API_KEY,
    Refusal,
)
from conformance.simulator.numbers import parse_long
from conformance.simulator.options import Options

DEFAULT_RECV_WINDOW_MS = 5_000
AHEAD_MS = 1_000
_KEY_FORM = re.compile(r"[A-Za-z0-9_-]{1,128}")


def unsigned(raw: str) -> str:
    """Return a raw query or form body without its signature, everything else as it was sent."""
    before, found, after = raw.rpartition("&signature=")
    if found and "&" not in after and "signature=" not in before:
        return before
    if "signature=" not in raw:
        return raw
    return "&".join(part for part in raw.split("&") if not part.startswith("signature="))


def sorted_payload(params: Mapping[str, str]) -> bytes:
    """Return what a WS API request signs: its parameters but the signature, sorted by name, joined with `&`."""
    return "&".join(f"{name}={params[name]}" for name in sorted(params) if name != "signature").encode()


def encoded_payload(params: Mapping[str, str]) -> bytes:
    """Return the same with names and values percent-encoded, as Binance's own SDK signs a WS API request.

    The venue's page on the WS API says nothing of encoding, and of ids such as `A.b:c/d` the two forms differ: both are
    taken, and the other one is not known to be refused.
    """
    return urlencode([(name, params[name]) for name in sorted(params) if name != "signature"]).encode()


class Authentication:
    """Lets a request through, or refuses it."""

    def __init__(self, clock: Clock, options: Options, credentials: Credentials) -> None:
        self._clock = clock
        self._options = options
        self._credentials = credentials

    def key(self, name: str | None, ip: str) -> ApiKey:
        """Return the API key; refuses with -2014 a missing or malformed one, with -2015 an unknown one."""
        found = self._credentials.find(name) if name else None
        if found is not None:
            return found
        if not name or _KEY_FORM.fullmatch(name) is None:
            raise Refusal(INVALID_API_KEY_FORMAT)
        raise Refusal(UNKNOWN_API_KEY, ip)

    def signed(self, key: ApiKey, params: Mapping[str, str], *payloads: bytes) -> None:
        """Refuse a request whose timestamp does not hold, or whose signature is of none of the payloads."""
        if not params.get("timestamp"):
            raise Refusal(MANDATORY, "timestamp")
        signature = params.get("signature")
        if not signature:
            raise Refusal(MANDATORY, "signature")
        if self._options.timestamp_checked_before_signature:
            self.timestamp(params)
            self._signature(key, payloads, signature)
        else:
            self._signature(key, payloads, signature)
            self.timestamp(params)

    @staticmethod
    def _signature(key: ApiKey, payloads: Iterable[bytes], signature: str) -> None:
        if not any(key.verifies(payload, signature) for payload in payloads):
            raise Refusal(BAD_SIGNATURE)

    def timestamp(self, params: Mapping[str, str]) -> None:
        """Refuse a timestamp outside of the window with -1021."""
        timestamp = parse_long(params.get("timestamp", ""))
        if timestamp is None:
            raise Refusal(MANDATORY, "timestamp")
        asked = params.get("recvWindow")
        window = parse_long(asked) if asked else DEFAULT_RECV_WINDOW_MS
        if window is None or window < 0:
            raise Refusal(MANDATORY, "recvWindow")
        window = min(window, self._options.recv_window_max_ms)
        now_ms = self._clock.now_ms()
        if timestamp >= now_ms + AHEAD_MS:
            raise Refusal(EARLY_TIMESTAMP)
        if now_ms - timestamp > window:
            raise Refusal(BAD_TIMESTAMP)
