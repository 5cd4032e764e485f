"""The catalogue: every case that exists, as pytest collects them, without running any."""

import json
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from conformance.locations import CASSETTES
from conformance.running import collecting
from conformance.running.pytest_process import environment
from conformance.running.pytest_run import base_command
from conformance.worlds.names import has_place


class CatalogueError(RuntimeError):
    """The cases could not be collected; the message has pytest's own words."""


def collect() -> dict[str, Mapping[str, Any]]:
    """Return every case by id: requirement, group, card, rule, upstream, worlds, needs.

    Raises `CatalogueError` when a case module cannot be imported or two cases have the same id.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cases.json"
        command = [*base_command(), "--collect-only", "-q", "-p", collecting.__name__, "-p", "no:cacheprovider"]
        told = environment() | {collecting.TARGET: str(target)}
        ended = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
        if not target.is_file() or ended.returncode not in (0, 5):
            raise CatalogueError(f"the cases cannot be collected:\n{ended.stdout}{ended.stderr}")
        collected: list[Mapping[str, Any]] = json.loads(target.read_text(encoding="utf-8"))
    # The plugin has refused two cases of one id already.
    return {case["id"]: case for case in collected}


def planned(
    cases: Mapping[str, Mapping[str, Any]], world: str, chosen: Collection[str] = ()
) -> dict[str, Mapping[str, Any]]:
    """Return the cases that a run in the world is to run, of the chosen ones or of all."""
    return {
        case_id: case
        for case_id, case in cases.items()
        if (not chosen or case_id in chosen)
        and has_place(world, case_id, case["worlds"], CASSETTES, asked_for=bool(chosen))
    }
