"""The allow-list: differences between genuine payloads and the SDK's models."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.clients.strict import Difference

FILE = Path(__file__).with_name("allowed.yaml")
KEYS = {"rows", "missing", "unknown", "payload", "why"}


@dataclass(slots=True)
class AllowList:
    """What may differ, by row; remembers what of it was needed."""

    fields: dict[tuple[str, str, str], str]
    """(row, kind, path) → why."""
    payloads: dict[tuple[str, str], str]
    """(row, repr of the payload) → why."""
    used: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @classmethod
    def read(cls, file: Path = FILE) -> "AllowList":
        """Read the file. Raises `ValueError` with the entry where one is malformed or says nothing."""
        fields: dict[tuple[str, str, str], str] = {}
        payloads: dict[tuple[str, str], str] = {}
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            if entry.keys() - KEYS or not entry.get("why") or not entry.get("rows") or len(entry) < 3:
                raise ValueError(f"{file.name}: expected rows, why, and missing, unknown or payload; got {entry}")
            for row in entry["rows"]:
                for kind in ("missing", "unknown"):
                    fields |= {(row, kind, path): entry["why"] for path in entry.get(kind, ())}
                if "payload" in entry:
                    payloads[row, repr(entry["payload"])] = entry["why"]
        return cls(fields, payloads)

    def has(self, row: str, difference: Difference) -> bool:
        """Return whether a difference is allowed."""
        key = (row, difference.kind, difference.path)
        self.used[key] += key in self.fields
        return key in self.fields

    def replaces(self, row: str, payload: Any) -> bool:
        """Return whether a whole payload may stand in place of the declared one."""
        key = (row, repr(payload))
        self.used[key] += key in self.payloads
        return key in self.payloads

    def unneeded(self) -> list[tuple[str, ...]]:
        """Return the entries that allowed nothing so far."""
        return [key for key in (*self.fields, *self.payloads) if not self.used[key]]
