"""The child's whole run: loads the version, says hello, and serves commands until the suite ends it."""

import asyncio
import os
import sys

from . import protocol
from .loading import LoadError, load
from .patience import PatientLoop
from .server import Answers, Server
from .turns import Turns


def run(commands: int, answers: Answers, overlays: list[str]) -> int:
    """Import NautilusTrader, say hello and serve; returns the process's exit code."""
    try:
        version = load(tuple(overlays))
    except LoadError as error:
        return error.status
    server = Server(answers, version.make_trader)

    async def serve() -> bytes | None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=2**22)
        # A duplicate, which the loop closes: the pipe itself may be read on when the loop has ended.
        pipe = os.fdopen(os.dup(commands), "rb", 0)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        answers.send({"kind": protocol.HELLO, **version.said, "pid": os.getpid()})
        return await server.serve(reader)

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        start = runner.run(serve())
    if start is not None:
        Turns(server, commands).serve(start)
    sys.stdout.flush()
    # Not a plain return: threads of the node's Rust side may outlive its stop and would hold the process.
    os._exit(0)
