"""The catalogue as a run reads it: the cases of the contract or of given folders, and those that its options choose."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.kit import catalogue
from conformance.kit.selection import SelectionError, selected
from conformance.nearest import nearest
from conformance.running.errors import RunRefusedError
from conformance.running.options import RunOptions
from conformance.worlds.names import has_place

type Cases = Mapping[str, Mapping[str, Any]]
"""Every case by id: requirement, group, family, tier, card, rule, upstream, worlds, needs."""


def collect(folders: Sequence[Path] = ()) -> Cases:
    """Return every case of the contract, or of the given folders.

    Raises `RunRefusedError` for folders without cases, and of which a module cannot be imported or two cases have one
    id; `CatalogueError` where that is so of the contract's own.
    """
    try:
        found = catalogue.of_folders(folders) if folders else catalogue.contract()
    except catalogue.CatalogueError as error:
        if not folders:
            raise
        raise RunRefusedError(f"--cases: {error}") from error
    return {case_id: case.to_json() for case_id, case in found.items()}


def planned(options: RunOptions, cases: Cases) -> Cases:
    """Return those of the collected cases that these options run.

    Raises `RunRefusedError` for a name of no case, and where no chosen case has a place in the world.
    """
    tiers = {case_id: case.get("tier", "core") for case_id, case in cases.items()}
    try:
        names = selected(tiers, options.case_ids, options.tier)
    except SelectionError as error:
        raise RunRefusedError(f"--case: {error}") from error
    chosen = {
        case_id: cases[case_id]
        for case_id in names
        if has_place(
            options.world, case_id, cases[case_id]["worlds"], options.cassettes, asked_for=case_id in options.case_ids
        )
    }
    if options.case_ids and not chosen:
        where = "; ".join(f"{case_id} runs in {', '.join(cases[case_id]['worlds'])}" for case_id in names)
        raise RunRefusedError(f"--case: nothing to run in the {options.world} world: {where}.")
    return chosen


def in_order(cases: Cases) -> Cases:
    """Return the cases in the order of their ids, numbers as numbers."""

    def parts(case_id: str) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", case_id)]

    return {case_id: cases[case_id] for case_id in sorted(cases, key=parts)}


def chosen(cases: Cases, only: Sequence[str], about: str | None) -> Cases:
    """Return the cases that `only` names, by id, family or pattern, and that have the text `about` in what they say.

    Raises `RunRefusedError` for a name of no case.
    """
    try:
        names = selected(dict.fromkeys(cases, "core"), only)
    except SelectionError as error:
        raise RunRefusedError(f"--case: {error}") from error
    word = (about or "").casefold()

    def says_it(case: Mapping[str, Any]) -> bool:
        said = (case["requirement"], case.get("rule"), case.get("card"), *case["upstream"])
        return any(word in str(text).casefold() for text in said if text)

    return {case_id: cases[case_id] for case_id in names if says_it(cases[case_id])}


def check_case_ids(chosen: Sequence[str], known: Cases, option: str = "--case") -> None:
    """Raise `RunRefusedError` for an id that no case has, naming the nearest."""
    for case_id in chosen:
        if case_id not in known:
            raise RunRefusedError(
                f"{option}: there is no case {case_id!r}{nearest(case_id, known)}. `conformance cases` lists them all."
            )
