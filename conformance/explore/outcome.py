"""The outcome of an exploration as a file that is the same, byte by byte, whenever the same is explored again.

It has the programs and what they surely show. What differs from run to run, though nothing else is meant by it, is in
the report: times, shares, the numbers of events, and what shows only if one of two racing steps wins.
"""

from pathlib import Path
from typing import Any

import msgspec

from conformance.explore.exploring import Exploration

OUTCOME = "outcome.json"


def write_outcome(folder: Path, exploration: Exploration, *, version: str, against: str | None, seed: int) -> None:
    """Write `outcome.json`: two explorations that come to the same leave equal files, which `cmp` compares."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "version": version,
        **({} if against is None else {"against": against}),
        "seed": seed,
        "programs": [[step.data() for step in program.steps] for program in exploration.played],
        "findings": sorted(
            (
                {
                    "rule": finding.sign.signature,
                    "orders": finding.sign.orders,
                    "known": finding.known,
                    "program": _lettered([step.data() for step in finding.program.steps]),
                }
                for finding in exploration.findings
                if finding.is_sure
            ),
            key=msgspec.json.encode,
        ),
        "known": sorted(exploration.known),
        # Where a program could not be played, the file says less than it might, and must not be taken for the same.
        **({"broken": len(exploration.broken)} if exploration.broken else {}),
    }
    (folder / OUTCOME).write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")


def _lettered(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps with their orders called a, b, c: which of two alike is left out says nothing."""
    named = [
        name for step in steps for name in (*step.get("orders", ()), *([step["order"]] if "order" in step else ()))
    ]
    letters = {name: chr(ord("a") + number) for number, name in enumerate(dict.fromkeys(named))}
    renamed = []
    for step in steps:
        orders = {"orders": [letters[name] for name in step["orders"]]} if "orders" in step else {}
        order = {"order": letters[step["order"]]} if "order" in step else {}
        renamed.append({**step, **orders, **order})
    return renamed
