"""How verifiers wait: for something to become true, and for silence."""

from collections.abc import Awaitable, Callable

from conformance.history.entries import Connection, Event, Frame
from conformance.history.history import DeadlineError, History


async def silence(history: History, about: Callable[[Event], bool], for_s: float, *, within_s: float = 5.0) -> None:
    """Return once no event that `about` selects has come for `for_s` seconds, or such events came for `within_s`.

    A trader may tell the same at each of its checks for ever: how things stand is then to be judged as they are.
    """
    deadline = history.now_s() + within_s
    while history.now_s() < deadline:
        since = len(history)
        try:
            await history.wait_for(Event, about, what="nothing", within_s=for_s, since=since)
        except DeadlineError:
            return


async def comes_true(history: History, probe: Callable[[], Awaitable[bool]], *, within_s: float = 5.0) -> bool:
    """Probe again after every event and frame until `probe` is true or `within_s` has passed; return its last word.

    A tenth of a second without any entry also leads to another probe: a trader applies some frames to its books
    without any event of its own.
    """
    began_s = history.now_s()
    loop_deadline = began_s + within_s
    while True:
        since = len(history)
        if await probe():
            history.waited("what was asked came true", history.now_s() - began_s, within_s)
            return True
        left = loop_deadline - history.now_s()
        if left <= 0:
            return False
        try:
            await history.wait(
                lambda entry: isinstance(entry, Event | Frame | Connection),
                what="anything",
                within_s=min(left, 0.1),
                since=since,
            )
        except DeadlineError:
            continue
