"""When the machine kept the suite's own process from running: said in the history of the case that it fell upon."""

import asyncio
import time

from conformance.history.entries import Note
from conformance.history.history import History

_EVERY_S = 0.25
#: What is shorter no reader of a history has to know of: the usual deadlines are of seconds.
_WORTH_A_WORD_S = 0.75


class Standstills:
    """Those that fell upon one case. `watch` notices them."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.longest_s = 0.0
        """The longest one, in seconds; 0 where none was worth a word."""

    async def watch(self) -> None:
        """Write a note each time this process got no core for three quarters of a second; runs until cancelled.

        The venue and the gateway stand still with it, and every deadline runs on: what a case misses then says more of
        the machine than of the trader. The suite's own work, which takes the time of a core, is not counted.
        """
        while True:
            began_s, used_s = time.monotonic(), time.process_time()
            await asyncio.sleep(_EVERY_S)
            stood_s = time.monotonic() - began_s - _EVERY_S - (time.process_time() - used_s)
            if stood_s >= _WORTH_A_WORD_S:
                self.longest_s = max(self.longest_s, stood_s)
                kept = f"the machine kept the suite from running for {stood_s:.1f} s, to here"
                self._history.append(Note(text=f"{kept}: the venue stood still, deadlines did not"))
