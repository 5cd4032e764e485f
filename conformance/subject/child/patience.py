"""A loop that sleeps a little where a node would spin.

While it connects and while it disconnects, a 1.x node asks again and again, without a pause, whether its engines are
ready: 150 ms of one core in each case, which the gateway and the simulator beside it could use.
"""

import asyncio
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SPINS = 30
"""So many rounds without any input are taken for spinning; what a node does in a row is over in fewer."""

_PAUSE_S = 0.001


class _Selector(selectors.DefaultSelector):
    """Waits for input for a moment even if the loop has something to do, once it has spun for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.patient = False
        self._spun = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return what has come, as any selector does."""
        spinning = self.patient and timeout is not None and timeout <= 0
        self._spun = self._spun + 1 if spinning else 0
        events: list[Any] = super().select(_PAUSE_S if self._spun > _SPINS else timeout)
        if events:
            self._spun = 0
        return events


class PatientLoop(asyncio.SelectorEventLoop):
    """An event loop like any other, but inside of `patience`."""

    def __init__(self) -> None:
        self._patient_selector = _Selector()
        super().__init__(self._patient_selector)

    @contextmanager
    def patience(self) -> Iterator[None]:
        """Let the loop sleep where it would spin. Not for the time in which orders are placed: it costs them 1 ms."""
        self._patient_selector.patient = True
        try:
            yield
        finally:
            self._patient_selector.patient = False


@contextmanager
def patience() -> Iterator[None]:
    """Let the running loop sleep where it would spin, if it can."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, PatientLoop):
        with loop.patience():
            yield
    else:
        yield
