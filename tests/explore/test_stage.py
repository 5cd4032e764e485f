"""The stage of a program: how its trader is configured."""

from typing import Any, cast

import pytest

from conformance.explore.stage import Stage


class Recorded:
    """Stands for the traders, the venue and the rest: keeps the config that a trader is started with."""

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}

    async def start(self, **config: Any) -> None:
        """Start nothing."""
        self.config = config


@pytest.mark.parametrize(("unhurried", "threshold_ms"), [(False, 400), (True, 5000)])
async def test_unhurried_program_is_asked_about_late(unhurried: bool, threshold_ms: int) -> None:
    """The in-flight check comes within a program, or, where something is held back for long, only as by default."""
    stands_for = Recorded()
    any_of_them = cast("Any", stands_for)
    stage = Stage(
        traders=any_of_them,
        market=any_of_them,
        venue=any_of_them,
        faults=any_of_them,
        user_stream=any_of_them,
        unhurried=unhurried,
    )

    await stage.begins()

    assert stands_for.config["inflight_check"]["threshold_ms"] == threshold_ms
