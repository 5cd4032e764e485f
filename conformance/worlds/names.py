"""The worlds by name, and which cases have their place in one. Quick to import: a command's help needs the names."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal, get_args

WorldName = Literal["simulator", "cassettes", "testnet"]
"""Who answers the trader."""
KeyType = Literal["hmac", "ed25519"]
"""What a trader signs with."""
WORLDS: tuple[WorldName, ...] = get_args(WorldName)


def has_place(world: str, case_id: str, worlds: Collection[str], cassettes: Path, *, asked_for: bool = False) -> bool:
    """Say whether a run in `world` runs the case, which names the `worlds` that it can run in.

    In the cassettes world it does if `cassettes` holds one of it; a case that was `asked_for` by id is run without one
    too, because it says itself what it lacks.
    """
    if world == "cassettes" and not asked_for:
        return (cassettes / f"{case_id}.yaml").is_file()
    return world in worlds
