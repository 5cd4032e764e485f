"""What a trader published, read as whoever decodes it reads it."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from conformance.kit.failure import CheckError
from conformance.kit.traders import Traders

TOLD = {"client_order_id": "A-1"}
JSON, MSGPACK = msgspec.json.encode(TOLD), msgspec.msgpack.encode(TOLD)


def traders(*messages: bytes) -> Traders:
    """Return the traders of a case on whose bus these were published."""

    async def published() -> list[bytes]:
        return list(messages)

    run: Any = SimpleNamespace(cache=SimpleNamespace(messages=published))
    return Traders(run, {})


async def test_message_is_read_in_the_encoding_that_was_asked_for() -> None:
    """Messages about other orders are no matter."""
    await traders(JSON, b"other").are_read_as("json", "A-1")
    await traders(MSGPACK, b"other").are_read_as("msgpack", "A-1")


@pytest.mark.parametrize(
    ("messages", "signature"),
    [
        ((JSON, MSGPACK), "messages that are not json"),
        ((b'"A-1"',), "messages that are not json"),
        ((b"other",), "no messages"),
    ],
)
async def test_any_other_encoding_fails(messages: tuple[bytes, ...], signature: str) -> None:
    """One message in another encoding fails, and so does text that is no object, or that there is none."""
    with pytest.raises(CheckError) as failure:
        await traders(*messages).are_read_as("json", "A-1")
    assert failure.value.signature == signature
