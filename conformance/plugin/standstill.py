"""When the machine kept the suite's own process from running: said in the history of the case that it fell upon."""

import asyncio
import time

from conformance.history.entries import Note
from conformance.history.history import History

_EVERY_S = 0.25
#: What is shorter no reader of a history has to know of: the usual deadlines are of seconds.
_WORTH_A_WORD_S = 0.75


class Standstills:
    """Those that fell upon one case: `watch` notices them as they happen, `look` what came after its last look."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._began_s, self._used_s = time.monotonic(), time.process_time()
        self.seen = False
        """Whether there was one that is worth a word."""

    async def watch(self) -> None:
        """Look four times a second, until it is cancelled."""
        while True:
            await asyncio.sleep(_EVERY_S)
            self.look()

    def look(self) -> None:
        """Write a note if this process got no core for three quarters of a second since the last look.

        The venue and the gateway stand still with it, and every deadline runs on: what a case misses then says more of
        the machine than of the trader. The suite's own work, which takes the time of a core, is not counted.
        """
        now_s, used_s = time.monotonic(), time.process_time()
        stood_s = now_s - self._began_s - _EVERY_S - (used_s - self._used_s)
        self._began_s, self._used_s = now_s, used_s
        if stood_s >= _WORTH_A_WORD_S:
            self.seen = True
            kept = f"the machine kept the suite from running for {stood_s:.1f} s, to here"
            self._history.append(Note(text=f"{kept}: the venue stood still, deadlines did not"))
