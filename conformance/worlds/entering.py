"""The way into a world, by its name."""

from pathlib import Path

from conformance.worlds.world import World, WorldError


def enter(name: str, *, cassettes: Path) -> World:
    """Return a fresh world for one case; `cassettes` is the folder that the world of that name replays from."""
    if name == "simulator":
        from conformance.worlds.simulator import SimulatorWorld

        return SimulatorWorld()
    if name == "cassettes":
        from conformance.worlds.cassettes import CassetteWorld

        return CassetteWorld(cassettes)
    from conformance.worlds.testnet import TestnetWorld

    return TestnetWorld()


def check(name: str, *, workers: int = 1) -> None:
    """Raise `WorldError` where the world of that name cannot be entered at all; asks nobody, touches nothing."""
    if name != "testnet":
        return
    enter(name, cassettes=Path())
    if workers > 1:
        raise WorldError(f"{workers} workers in the testnet world would close each other's orders: run without -n")
