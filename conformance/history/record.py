"""One record of a history: one thing that happened, in one of the kinds that the rooms agree on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal[
    "command",
    "reply",
    "event",
    "snapshot",
    "request",
    "answer",
    "connection",
    "frame",
    "fault",
    "control",
    "note",
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened: its place in the one order (`seq`), its monotonic time in ns, its kind and data."""

    seq: int
    ns: int
    kind: Kind
    data: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the datum, or `default` where this record has none."""
        return self.data.get(key, default)

    def to_json(self) -> str:
        """Return the record as one line of JSON."""
        line = {"seq": self.seq, "ns": self.ns, "kind": self.kind, "data": self.data}
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False)
