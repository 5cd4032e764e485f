"""Who answers the trader: the simulator, a session cassette, or the testnet."""

from pathlib import Path

from conformance.worlds.world import World, WorldError

__all__ = ["World", "WorldError", "enter"]


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
