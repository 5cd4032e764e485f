"""The way into a world, by its name."""

from pathlib import Path

from conformance.worlds.names import KeyType
from conformance.worlds.world import World, WorldError


def enter(name: str, *, cassettes: Path, key_type: KeyType = "hmac") -> World:
    """Return a fresh world for one case, whose trader signs with a key of `key_type`.

    `cassettes` is the folder that the world of that name replays from. On the testnet the environment has the key.
    """
    if name == "simulator":
        from conformance.worlds.simulator import SimulatorWorld

        return SimulatorWorld(key_type=key_type)
    if name == "cassettes":
        from conformance.worlds.cassettes import CassetteWorld

        return CassetteWorld(cassettes, key_type=key_type)
    from conformance.worlds.testnet import TestnetWorld

    return TestnetWorld()


def check(name: str, cassettes: Path, *, workers: int = 1) -> None:
    """Raise `WorldError` where the world of that name cannot be entered at all; sends and changes nothing."""
    if name == "cassettes" and not cassettes.is_dir():
        raise WorldError(f"{cassettes}: there is no such folder of cassettes; name another with --cassettes")
    if name != "testnet":
        return
    enter(name, cassettes=cassettes)
    if workers > 1:
        raise WorldError(f"{workers} workers in the testnet world would close each other's orders: run without -n")
