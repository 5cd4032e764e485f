"""Rebinding: a recorded answer or event with this run's order ids and this run's time."""

import json
from collections.abc import Mapping
from typing import Any

from conformance.binance.client_order_id import PARAMETERS

# Fields that are times in ms since the epoch (fact sheet, sections 9 and 12, appendices A, B and D). By name, because
# order ids of the venue have as many digits.
TIME_FIELDS = frozenset(
    {
        "E",
        "T",
        "tt",
        "gtd",
        "time",
        "updateTime",
        "transactTime",
        "createTime",
        "insertTime",
        "triggerTime",
        "bookTime",
        "workingTime",
        "goodTillDate",
        "serverTime",
        "authorizedSince",
        "connectedSince",
        "nextFundingTime",
        "closeTime",
        "openTime",
        "timestamp",
    }
)
# Beyond this a value is no moment of the session but a constant such as a delivery date.
_NEAR_MS = 400 * 24 * 3600 * 1000


class Rebinding:
    """The variables of one replay: ids bound from live requests, and the distance between the two starts."""

    def __init__(self, recorded_start_ms: int, replay_start_ms: int) -> None:
        self._recorded_start_ms = recorded_start_ms
        self.shift_ms = replay_start_ms - recorded_start_ms
        self._ids: dict[str, str] = {}

    def bind(self, recorded: Mapping[str, str], live: Mapping[str, str]) -> None:
        """Learn from a live request what this run calls the recorded orders."""
        for name in PARAMETERS:
            if name in recorded and name in live:
                self._ids[recorded[name]] = live[name]

    def content(self, content: bytes) -> bytes:
        """Return a recorded body with this run's ids and times; one that is not JSON stays as it is."""
        try:
            parsed = json.loads(content)
        except ValueError:
            return content
        return json.dumps(self.value(parsed), separators=(",", ":"), ensure_ascii=False).encode()

    def value(self, value: Any, name: str = "") -> Any:
        """Return a recorded JSON value with this run's ids and times."""
        if isinstance(value, dict):
            return {key: self.value(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, name) for item in value]
        if isinstance(value, str):
            return self._ids.get(value, value)
        if name in TIME_FIELDS and type(value) is int and abs(value - self._recorded_start_ms) < _NEAR_MS:
            return value + self.shift_ms
        return value
