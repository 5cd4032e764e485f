"""The child's loop, which sleeps where a node would spin."""

import asyncio
import socket
from contextlib import AbstractContextManager, nullcontext

from conformance.subject.child.patience import PatientLoop, patience


async def _rounds_until_told(inside: AbstractContextManager[None]) -> int:
    """Spin as a node does until a timer says that it is over; return how often."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, over.set)
    rounds = 0
    with inside:
        while not over.is_set():
            await asyncio.sleep(0)
            rounds += 1
    return rounds


def _ran(inside: AbstractContextManager[None]) -> int:
    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        return runner.run(_rounds_until_told(inside))


class _Patience:
    """`patience`, entered where the loop runs."""

    def __enter__(self) -> None:
        self._inner = patience()
        self._inner.__enter__()

    def __exit__(self, *raised: object) -> None:
        self._inner.__exit__(None, None, None)


def test_a_node_that_spins_leaves_the_core_to_others() -> None:
    """Inside of `patience` a loop that spins does a small share of the rounds that it does outside."""
    assert _ran(_Patience()) * 10 < _ran(nullcontext())


def test_what_comes_in_meanwhile_is_handled() -> None:
    """Input that arrives while the loop spins patiently reaches its reader."""

    async def heard() -> bytes:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        with patience():
            reading = asyncio.ensure_future(loop.sock_recv(ours, 16))
            for _ in range(100):
                await asyncio.sleep(0)
            theirs.send(b"filled")
            while not reading.done():  # noqa: ASYNC110
                await asyncio.sleep(0)
        ours.close()
        theirs.close()
        return reading.result()

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        assert runner.run(asyncio.wait_for(heard(), 5)) == b"filled"


def test_another_loop_is_left_as_it_is() -> None:
    """On a loop that cannot wait so, `patience` changes nothing."""
    assert asyncio.run(_rounds_until_told(_Patience())) > 0
