"""The catalogue: every case that exists, as pytest collects them, without running any."""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.running import collecting
from conformance.running.errors import CatalogueError, RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.pytest_process import environment
from conformance.running.pytest_run import base_command
from conformance.verdict.nearest import nearest
from conformance.worlds.names import has_place

type Cases = Mapping[str, Mapping[str, Any]]
"""Every case by id: requirement, group, card, rule, upstream, worlds, needs."""


def collect(folders: Sequence[Path] = ()) -> Cases:
    """Return every case of the contract, or of the given folders.

    Raises `CatalogueError` when a case module cannot be imported or two cases have the same id.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cases.json"
        command = [*base_command(folders), "--collect-only", "-q", "-p", collecting.__name__, "-p", "no:cacheprovider"]
        told = environment() | {collecting.TARGET: str(target)}
        ended = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
        if not target.is_file() or ended.returncode not in (0, 5):
            raise CatalogueError(f"the cases cannot be collected:\n{ended.stdout}{ended.stderr}")
        collected: list[Mapping[str, Any]] = json.loads(target.read_text(encoding="utf-8"))
    # The plugin has refused two cases of one id already.
    return {case["id"]: case for case in collected}


def planned(options: RunOptions, cases: Cases) -> Cases:
    """Return those of the collected cases that these options run.

    Raises `RunRefusedError` for an id that no case has, and where no chosen case has a place in the world.
    """
    check_case_ids(options.case_ids, cases)
    chosen = {
        case_id: case
        for case_id, case in cases.items()
        if (not options.case_ids or case_id in options.case_ids)
        and has_place(options.world, case_id, case["worlds"], options.cassettes, asked_for=bool(options.case_ids))
    }
    if options.case_ids and not chosen:
        where = "; ".join(f"{case_id} runs in {', '.join(cases[case_id]['worlds'])}" for case_id in options.case_ids)
        raise RunRefusedError(f"--case: nothing to run in the {options.world} world: {where}.")
    return chosen


def check_case_ids(chosen: Sequence[str], known: Cases, option: str = "--case") -> None:
    """Raise `RunRefusedError` for an id that no case has, naming the nearest."""
    for case_id in chosen:
        if case_id not in known:
            raise RunRefusedError(
                f"{option}: there is no case {case_id!r}{nearest(case_id, known)}. `conformance cases` lists them all."
            )
