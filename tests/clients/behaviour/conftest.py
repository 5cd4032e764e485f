"""A served venue for real clients, and the record of what ccxt asked it and heard from it."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from conformance.simulator import Options, Simulator
from conformance.simulator.rest.table import BY_PATH
from conformance.simulator.wsapi import BY_METHOD
from tests.clients import evidence

SEEN = pytest.StashKey[set[str]]()
RECORD = "--record-evidence"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes down what the clients exercised."""
    parser.addoption(RECORD, action="store_true", help="write what ccxt exercised into evidence.yaml")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing seen."""
    config.stash[SEEN] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at the evidence when everybody else is done."""
    items.sort(key=lambda item: item.path.name == "test_evidence.py")


@pytest.fixture
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """A fresh venue on a free port. What is due at once happens at once, so that no test has to wait for it."""
    venue = Simulator(options=Options(algo_lag_ms=0, stream_messages_per_s=0))
    if request.node.path.name.startswith("test_ccxt"):
        witness(venue, request.config.stash[SEEN])
    await venue.start()
    yield venue
    await venue.close()


def witness(venue: Simulator, seen: set[str]) -> None:
    """Note every request that the venue answered well, and every event that it sent to a listening client."""

    def answered(request: Any, answer: Any) -> None:
        if answer.status == 200 and (request.method, request.path) in BY_PATH:
            seen.add(f"{request.method} {request.path}")

    venue.server.on_answer = answered
    api: Any = venue.server._ws_api  # the WS API tells nobody what it answers
    answer = api.answer

    def answer_and_note(session: Any, text: str) -> Any:
        reply = answer(session, text)
        method = json.loads(text).get("method")
        if reply.body["status"] == 200 and method in BY_METHOD:
            seen.add(method)
        return reply

    api.answer = answer_and_note
    hub = venue.exchange.hub
    venue.control.observe(lambda event: seen.add(event["e"]) if any(c.listen_keys for c in hub.connections) else None)


@pytest.fixture
def exercised(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """What ccxt exercised in this run; written down where asked for."""
    seen = request.config.stash[SEEN]
    if request.config.getoption(RECORD):
        evidence.write(seen)
    return seen


@pytest.fixture
def whole_run(request: pytest.FixtureRequest) -> bool:
    """Whether every test of the folder was selected, so that what was not seen was not exercised."""
    config = request.config
    chosen = {item.path.name for item in request.session.items if item.path.name.startswith("test_ccxt")}
    return chosen == {"test_ccxt.py", "test_ccxt_stream.py", "test_ccxt_meaning.py"} and not config.option.keyword
