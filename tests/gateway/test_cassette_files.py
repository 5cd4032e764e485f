"""What a cassette's file holds and must not hold, and what is refused as one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.binance.account import Account
from conformance.gateway.cassette.replay import Replay
from conformance.gateway.cassette.seal import is_sound, sealed
from conformance.gateway.cassette.session_file import CassetteError
from conformance.locations import CASSETTES
from tests.gateway.cassettes import conversation, files_in, recorder, recording
from tests.gateway.client import place
from tests.gateway.conftest import ACCOUNT, LISTEN_KEY, TinyVenue


def test_cassette_holds_no_secret(cassette: Path) -> None:
    """Key, secret, listen key and signatures are gone, and so is everything about the machine."""
    text = cassette.read_text()
    for secret in (ACCOUNT.api_key, ACCOUNT.secret, LISTEN_KEY, "127.0.0.1"):
        assert secret is not None
        assert secret not in text
    document = yaml.safe_load(text)
    assert all("signature=SIGNATURE" in each["request"]["uri"] for each in document["interactions"][1:])
    assert document["header"]["scrubbed"] is True
    assert document["header"]["counts"] == {"interactions": 4, "ws_api": 0, "controls": 1, "frames": 2}


async def test_secret_in_an_unexpected_place_is_never_written(venue: TinyVenue, trader, tmp_path: Path) -> None:
    """A redaction with a hole is an error, and there is no file."""
    recorder_ = recorder(tmp_path / "TEST-010.yaml", subject=f"1.231.0 with {ACCOUNT.secret}")
    async with recording(venue, recorder_) as gateway:
        await place(trader, gateway, "A-1")
    with pytest.raises(CassetteError, match="would hold a secret"):
        recorder_.save()
    assert files_in(tmp_path) == []


async def test_nothing_is_written_without_save(venue: TinyVenue, trader, tmp_path: Path) -> None:
    """A case whose checks failed leaves no cassette behind."""
    async with recording(venue, recorder(tmp_path / "TEST-010.yaml")) as gateway:
        await place(trader, gateway, "A-1")
    assert files_in(tmp_path) == []


async def test_simulator_never_passes_for_binance(venue: TinyVenue, tmp_path: Path) -> None:
    """A recording that calls itself testnet but comes from elsewhere is refused before it begins."""
    gateway = recording(venue, recorder(tmp_path / "TEST-010.yaml", world="testnet"))
    with pytest.raises(CassetteError, match=r"127\.0\.0\.1 is not Binance's testnet"):
        await gateway.start()
    gateway = recording(venue, recorder(tmp_path / "TEST-010.yaml", origin=""))
    with pytest.raises(CassetteError, match="needs its revision"):
        await gateway.start()


def damaged(document: dict[str, Any], change: str) -> dict[str, Any]:
    """Return the document with one thing wrong."""
    if change == "header":
        del document["header"]
    elif change == "case":
        del document["header"]["case"]
    elif change == "world":
        document["header"]["world"] = "binance"
    elif change == "scrubbed":
        document["header"]["scrubbed"] = False
    elif change == "count":
        document["header"]["counts"]["frames"] = 3
    elif change == "version":
        document["version"] = 2
    elif change == "cause":
        document["frames"][0]["after"] = 99
    elif change == "frame":
        document["frames"][0]["data"] = "{"
    elif change == "interaction":
        del document["interactions"][0]["request"]
    elif change == "number":
        document["interactions"][0]["response"]["headers"] = {}
    return document


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("header", "it has no header"),
        ("case", "its header lacks case"),
        ("world", "world is 'binance', expected one of simulator, testnet, demo"),
        ("scrubbed", "does not say that its secrets are gone"),
        ("count", "tells of 3 frames, but it holds 2"),
        ("version", "version is 2"),
        ("cause", "follows number 99"),
        ("frame", "an entry is damaged"),
        ("interaction", "an interaction is damaged"),
        ("number", "lacks its X-Conformance-Request header"),
    ],
)
def test_edited_cassette_is_refused(cassette: Path, change: str, what: str) -> None:
    """The error names the file, what is wrong with it, and the command that records it anew."""
    document = damaged(yaml.safe_load(cassette.read_text()), change)
    cassette.write_text(sealed(yaml.safe_dump(document, sort_keys=False)))
    with pytest.raises(CassetteError) as refused:
        Replay(cassette)
    assert what in str(refused.value)
    assert str(cassette) in str(refused.value)
    assert "conformance record --case TEST-010" in str(refused.value)


@pytest.mark.parametrize(("was", "edited"), [("50000.0", "50000.1"), ("TEST-010", "TEST-020"), ("\n", "\n# remark\n")])
def test_cassette_edited_after_it_was_written_is_refused(cassette: Path, was: str, edited: str) -> None:
    """A recorded answer that somebody changed is no recording, however well it parses."""
    text = cassette.read_text()
    assert was in text
    cassette.write_text(text.replace(was, edited, 1))

    with pytest.raises(CassetteError, match="its checksum does not fit it: it was edited"):
        Replay(cassette)


def test_stored_cassettes_are_as_they_were_recorded() -> None:
    """Each cassette of the repository fits its checksum; `python -m conformance.gateway.cassette.seal` gives one."""
    stored = sorted(CASSETTES.glob("*.yaml"))

    assert stored
    assert [path.name for path in stored if not is_sound(path.read_text(encoding="utf-8"))] == []


def test_cassette_cut_anywhere_is_refused(cassette: Path) -> None:
    """However much is missing, even one line, it is never replayed as if it were whole."""
    lines = cassette.read_text().splitlines(keepends=True)
    for kept in range(0, len(lines), 3):
        cassette.write_text("".join(lines[:kept]))
        with pytest.raises(CassetteError, match="conformance record --case TEST-010"):
            Replay(cassette)
    half = cassette.with_name("half.yaml")
    half.write_text("".join(lines)[: sum(map(len, lines)) // 2])
    with pytest.raises(CassetteError):
        Replay(half)


def test_missing_or_foreign_cassette_is_refused(cassette: Path, tmp_path: Path) -> None:
    """No file, and a file of another case, are both clear errors."""
    with pytest.raises(
        CassetteError, match=r"there is no such cassette\. Record it anew: conformance record --case X-1"
    ):
        Replay(tmp_path / "X-1.yaml")
    with pytest.raises(CassetteError, match="it is a recording of TEST-010, expected X-1"):
        Replay(cassette, case="X-1")


async def test_recorded_twice_is_the_same_but_for_the_times(
    venue: TinyVenue, trader, tmp_path: Path, cassette: Path
) -> None:
    """A cassette recorded anew differs only where the session did: no ports, dates of the server, or order of keys."""
    recorder_ = recorder(tmp_path / "again.yaml")
    venue.open_orders.clear()

    async def trade() -> None:
        await venue.push(venue.event(venue.open_orders[0], "TRADE"))

    async with recording(venue, recorder_) as gateway:
        await conversation(trader, gateway, "", "/private/ws?listenKey=LK", trade)
    first, second = (yaml.safe_load(path.read_text()) for path in (cassette, recorder_.save()))
    for document in (first, second):
        del document["header"]["sha256"]
        for entry in [*document["controls"], *document["frames"]]:
            entry["at_ms"] = entry["before_answer"] = 0
        for interaction in document["interactions"]:
            del interaction["response"]["headers"]["x-conformance-at-ms"]

    assert first == second


def test_account_refuses_what_cannot_sign() -> None:
    """Neither or both kinds of credentials, or a damaged key, is refused without quoting it."""
    from conformance.binance.account import AccountError

    with pytest.raises(AccountError, match="exactly one"):
        Account("key")
    with pytest.raises(AccountError, match="neither PEM nor base64") as refused:
        Account("key", private_key="bm90IGEga2V5")
    assert "bm90" not in str(refused.value)
