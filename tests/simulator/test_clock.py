"""The venue's clock: how far it is ahead of the wall's."""

import pytest

from conformance.simulator.clock import Clock


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def ns(self) -> int:
        """Return its time in ns."""
        return self.ms * 1_000_000


@pytest.mark.parametrize("takes_ms", [0, 1, 700, 20_000])
def test_what_timers_take_comes_on_top_of_a_step(takes_ms: int) -> None:
    """After a step the venue is ahead of the wall by that step, however long its timers took."""
    wall = Wall()
    clock = Clock(wall.ns)
    seen: list[int] = []

    def tick() -> None:
        seen.append(clock.now_ms())
        wall.ms += takes_ms

    for at_ms in (1_001_000, 1_002_000, 1_009_999):
        clock.at(at_ms, tick)

    clock.advance(10_000)

    assert clock.now_ms() - wall.ms == 10_000
    assert seen == sorted(seen)
    assert len(seen) == 3


def test_a_step_back_undoes_a_step() -> None:
    """A client that has the wall's time can sign again once a step has been taken back."""
    wall = Wall()
    clock = Clock(wall.ns)
    clock.at(1_000_500, lambda: setattr(wall, "ms", wall.ms + 1200))

    clock.advance(670_000)
    clock.skew(-670_000)

    assert clock.now_ms() == wall.ms
