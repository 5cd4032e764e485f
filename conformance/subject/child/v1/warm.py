"""Warm restart without a database server: NautilusTrader's Redis path, with this process's memory behind it.

A trader started with `keep_state` finds what the trader before it knew, the way a restarted system finds its Redis: the
node's own `CacheDatabaseAdapter` serialises, loads and replays, and only the client at the very bottom
(`nautilus_pyo3.RedisCacheDatabase`) is replaced, by a dictionary with that client's few methods.
"""

import fnmatch
import json
from dataclasses import dataclass, field
from typing import Any

from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.serialization.serializer import MsgSpecSerializer
from nautilus_trader.system.kernel import msgspec

_HASHES = ("index:order_ids", "index:order_position", "index:order_client")
_LISTS = ("orders:", "positions:", "accounts:", "snapshots:")


@dataclass
class Remnant:
    """What a stopped trader's cache held; taken before the node disposes of it."""

    instruments: list[Any] = field(default_factory=list)
    accounts: list[list[Any]] = field(default_factory=list)
    orders: list[tuple[str, list[Any], str | None, str | None]] = field(default_factory=list)
    positions: list[tuple[str, list[Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, cache: Any) -> "Remnant":
        """Take what a Redis would hold at this moment: events, never derived state."""
        return cls(
            instruments=list(cache.instruments()),
            accounts=[list(account.events) for account in cache.accounts()],
            orders=[
                (
                    order.client_order_id.value,
                    list(order.events),
                    _value(cache.position_id(order.client_order_id)),
                    _value(cache.client_id(order.client_order_id)),
                )
                for order in cache.orders()
            ],
            positions=[(position.id.value, list(position.events)) for position in cache.positions()],
        )


class MemoryStore:
    """The methods of `nautilus_pyo3.RedisCacheDatabase` that the cache adapter calls, over a dictionary."""

    def __init__(self, remnant: Remnant) -> None:
        self._prefix = ""
        self._lists: dict[str, list[bytes]] = {}
        self._hashes: dict[str, dict[str, str]] = {name: {} for name in _HASHES}
        serializer = MsgSpecSerializer(encoding=msgspec.msgpack, timestamps_as_str=True)
        for instrument in remnant.instruments:
            self.insert(f"instruments:{instrument.id.value}", [serializer.serialize(instrument)])
        for events in remnant.accounts:
            self._append(f"accounts:{events[0].account_id.value}", events, serializer)
        for client_order_id, events, position_id, client_id in remnant.orders:
            self._append(f"orders:{client_order_id}", events, serializer)
            if position_id is not None:
                self._hashes["index:order_position"][client_order_id] = position_id
            if client_id is not None:
                self._hashes["index:order_client"][client_order_id] = client_id
        for position_id, events in remnant.positions:
            self._append(f"positions:{position_id}", events, serializer)

    def install(self) -> None:
        """Stand behind the next cache adapter that is built in this process."""

        def connect(trader_id: Any, **_: Any) -> "MemoryStore":
            self._prefix = f"trader-{trader_id.value}:"
            return self

        nautilus_pyo3.RedisCacheDatabase = connect

    def keys(self, pattern: str) -> list[str]:
        """Return the matching keys with the trader's prefix, as Redis holds them."""
        return [self._prefix + key for key in self._lists if fnmatch.fnmatchcase(key, pattern)]

    def read(self, key: str) -> list[bytes]:
        """Return what is stored under a key without prefix; a hash comes back as one JSON object."""
        if key in self._hashes:
            return [json.dumps(self._hashes[key]).encode()] if self._hashes[key] else []
        return list(self._lists.get(key, []))

    def read_bulk(self, keys: list[str]) -> list[bytes | None]:
        """Return the first value of each prefixed key."""
        found = (self._lists.get(key.removeprefix(self._prefix)) for key in keys)
        return [values[0] if values else None for values in found]

    def insert(self, key: str, payload: list[bytes]) -> None:
        """Set a value, append to a list, or set a field of a hash: as Redis does for that kind of key."""
        if key in self._hashes:
            self._hashes[key][payload[0].decode()] = payload[1].decode()
        elif key.startswith(_LISTS):
            self._lists.setdefault(key, []).extend(payload)
        elif not key.startswith("index:"):  # the sets only index what the cache rebuilds from the events
            self._lists[key] = list(payload)

    def update(self, key: str, payload: list[bytes]) -> None:
        """Append an event to a list."""
        self.insert(key, payload)

    def delete(self, key: str, payload: list[bytes] | None = None) -> None:  # noqa: ARG002
        """Drop a key; entries of index sets are not kept and so need no dropping."""
        self._lists.pop(key, None)

    def delete_order(self, client_order_id: str) -> None:
        """Drop an order and its indexes."""
        self._lists.pop(f"orders:{client_order_id}", None)
        for index in self._hashes.values():
            index.pop(client_order_id, None)

    def delete_position(self, position_id: str) -> None:
        """Drop a position."""
        self._lists.pop(f"positions:{position_id}", None)

    def flushdb(self) -> None:
        """Forget everything."""
        self._lists.clear()
        self._hashes = {name: {} for name in _HASHES}

    def close(self) -> None:
        """Nothing to close."""

    def _append(self, key: str, events: list[Any], serializer: Any) -> None:
        self._lists[key] = [serializer.serialize(event) for event in events]


def _value(identifier: Any) -> str | None:
    return None if identifier is None else str(identifier.value)
