"""Which traders and cases a session of `conformance vacuity` leaves out: what is about them it does not judge."""

from pathlib import Path

from conformance.proof.session import Session
from conformance.proof.vacuity import left_out


def test_a_session_of_the_core_leaves_out_what_only_the_full_tier_has(tmp_path: Path) -> None:
    """LIFE-570 is of the full tier alone: a pattern with it and LIFE-571 is not judged by what the core plays."""
    core, full = (set(left_out(Session("1.231.0", tmp_path, tier=tier), ["does_nothing"])) for tier in ("core", "full"))

    assert ("does_nothing", "LIFE-570") in core
    assert ("does_nothing", "LIFE-571") not in core
    assert not any(trader == "does_nothing" for trader, _ in full)
    assert ("swallows_the_stream", "LIFE-571") in core & full
