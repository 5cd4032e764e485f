"""A subject's process, played by a script that behaves well or badly on demand."""

import signal
from pathlib import Path
from typing import Any

import pytest

from conformance.subject.errors import (
    CommandRefused,
    NotSupported,
    ProvisionFailed,
    SubjectDied,
    SubjectError,
    SubjectHung,
    SubjectMisused,
)
from conformance.subject.provision import Installation
from conformance.subject.subject import Subject
from tests.subject.played import Make, ignore, interpreter
from tests.subject.processes import ends


async def test_commands_are_numbered_and_answered(make: Make) -> None:
    """Every command has a number of its own, and its reply carries it."""
    seen: list[dict[str, Any]] = []
    trader = await make("answers").start_trader(
        {"log_level": "INFO"}, ignore, on_command=seen.append, on_reply=seen.append
    )

    reply = await trader.command("snapshot")

    assert reply["config"] is None
    assert [line.get("op") for line in seen] == ["start", None, "snapshot", None]
    assert seen[0]["n"] == seen[1]["n"] != seen[2]["n"] == seen[3]["n"]
    assert seen[0]["config"] == {"log_level": "INFO"}


async def test_credentials_are_told_to_the_child_only(make: Make) -> None:
    """Whoever listens to commands never sees a credential."""
    seen: list[dict[str, Any]] = []

    await make("answers").start_trader({}, ignore, on_command=seen.append)

    assert "environment" not in seen[0]
    assert "secret-of-this-test" not in str(seen)


async def test_child_gets_a_bare_environment(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own Binance keys, Python settings and proxies stay out of the subject's process."""
    for name in ("BINANCE_API_KEY", "BINANCE_API_SECRET", "PYTHONSTARTUP", "HTTPS_PROXY", "SOMETHING_ELSE"):
        monkeypatch.setenv(name, "mine")
    trader = await make("answers").start_trader({}, ignore)

    names = (await trader.command("snapshot"))["environment"]

    assert not {"BINANCE_API_KEY", "BINANCE_API_SECRET", "PYTHONSTARTUP", "HTTPS_PROXY", "SOMETHING_ELSE"} & set(names)


async def test_event_of_the_trader_before_is_not_this_traders(make: Make) -> None:
    """A late event never ends up in another trader's history."""
    events: list[dict[str, Any]] = []

    await make("answers").start_trader({}, events.append)

    assert events == []


async def test_event_tells_whose_it_is(make: Make) -> None:
    """An event carries the number of its trader's start command, so that a history of two traders can be told apart."""
    events: list[dict[str, Any]] = []
    commands: list[dict[str, Any]] = []
    subject = make("leaks")
    for _ in range(2):
        trader = await subject.start_trader({}, events.append, on_command=commands.append)
        await trader.command("submit")
        await trader.stop()

    started = [command["n"] for command in commands if command["op"] == "start"]
    assert [event["trader"] for event in events] == started
    assert len(set(started)) == 2


async def test_refusal_is_an_error_with_the_childs_words(make: Make) -> None:
    """A refused command raises, and the trader goes on."""
    trader = await make("refuses").start_trader({}, ignore)

    with pytest.raises(CommandRefused, match="the trader knows no order 'X'") as refused:
        await trader.command("submit")

    assert refused.value.op == "submit"
    assert (await trader.command("snapshot"))["ok"]


async def test_death_is_told_with_exit_code_and_last_lines(make: Make) -> None:
    """A trader that dies is an error with its last log lines, without the secrets that they had."""
    died: list[SubjectDied] = []
    trader = await make("dies").start_trader({}, ignore, on_end=died.append)

    with pytest.raises(SubjectDied, match=r"(?s)died: exit code 7.*under way was submit.*last words") as error:
        await trader.command("submit")

    assert error.value.returncode == 7
    assert died == [error.value]
    assert "signature=SIGNATURE" in error.value.log_tail
    assert "secret-of-this-test" not in error.value.log_tail


async def test_secrets_do_not_reach_the_log_file(make: Make, tmp_path: Path) -> None:
    """What the process prints is redacted before it is written."""
    trader = await make("dies").start_trader({}, ignore, name="CASE-1")
    with pytest.raises(SubjectDied):
        await trader.command("submit")

    written = (tmp_path / "logs" / "CASE-1.log").read_text()

    assert "last words" in written
    assert "0123456789abcdef" not in written
    assert "secret-of-this-test" not in written


async def test_signature_in_a_reason_is_redacted(make: Make) -> None:
    """NautilusTrader's error texts carry signed URLs; events do not."""
    events: list[dict[str, Any]] = []
    trader = await make("leaks").start_trader({}, events.append)

    await trader.command("submit")

    assert events[0]["reason"].endswith("symbol=BTCUSDT&signature=SIGNATURE")


async def test_what_the_version_does_not_have_is_nobodys_fault(make: Make) -> None:
    """What the child says its version lacks is told by name, and the trader goes on."""
    trader = await make("lacks").start_trader({}, ignore)

    with pytest.raises(NotSupported, match=r"NautilusTrader 9\.9\.9 has no price_match") as lacking:
        await trader.command("submit")

    assert lacking.value.lacks == "price_match"
    assert (await trader.command("snapshot"))["ok"]


async def test_mistake_of_the_suite_is_no_error_of_the_subject(make: Make) -> None:
    """What the child calls the suite's fault is told as such, redacted, and the trader goes on."""
    replies: list[dict[str, Any]] = []
    trader = await make("blames the suite").start_trader({}, ignore, on_reply=replies.append)

    with pytest.raises(SubjectMisused, match="unknown operation with the key SECRET") as misused:
        await trader.command("submit")

    assert not isinstance(misused.value, SubjectError)
    assert misused.value.op == "submit"
    assert replies[-1]["ok"] is False
    assert "SECRET" in replies[-1]["error"]
    assert (await trader.command("snapshot"))["ok"]


async def test_stop_that_fails_leaves_no_trader_behind(make: Make) -> None:
    """Whatever a stop raises, the next trader starts, in a new process."""
    subject = make("blames the suite")
    trader = await subject.start_trader({}, ignore)

    with pytest.raises(SubjectMisused):
        await trader.stop()

    assert ends(trader.pid, 0)
    assert (await subject.start_trader({}, ignore)).pid != trader.pid


async def test_child_that_does_not_fit_the_version_is_the_suites_fault(make: Make) -> None:
    """A version in which the child misses a name that it imports has broken the suite: it has not failed yet."""
    with pytest.raises(SubjectMisused, match=r"(?s)does not load beside NautilusTrader 9\.9\.9.*cannot import name"):
        await make("does not fit").start()


async def test_secrets_in_a_refusal_are_redacted(make: Make) -> None:
    """A refusal's words end up in results and reports, so they lose signature and API key where the error is made."""
    replies: list[dict[str, Any]] = []
    trader = await make("leaks").start_trader({}, ignore, on_reply=replies.append)
    await trader.command("submit")

    with pytest.raises(CommandRefused, match="with the key SECRET") as refused:
        await trader.command("modify")

    for told in (str(refused.value), refused.value.message, replies[-1]["error"]):
        assert "signature=SIGNATURE" in told
        assert "0123456789abcdef" not in told
        assert "key-of-this-test" not in told


async def test_garbage_on_the_protocol_is_the_end(make: Make) -> None:
    """A process whose line cannot be read cannot be trusted, and the line is quoted."""
    trader = await make("speaks garbage").start_trader({}, ignore)

    with pytest.raises(SubjectDied, match=r"(?s)not a line of the protocol.*Traceback") as error:
        await trader.command("submit")

    assert error.value.returncode == -signal.SIGKILL


async def test_flood_of_events_arrives_whole_and_in_order(make: Make) -> None:
    """No event is lost or overtaken, and the reply that followed them comes after them."""
    numbers: list[int] = []
    trader = await make("floods").start_trader({}, lambda event: numbers.append(event["number"]))

    await trader.command("submit", within_s=30)

    assert numbers == list(range(20_000))


async def test_large_command_gets_through_a_full_pipe(make: Make) -> None:
    """A command longer than a pipe holds is written in pieces."""
    trader = await make("answers").start_trader({"native": {"padding": "x" * 300_000}}, ignore)

    assert (await trader.command("query_order", client_order_id="y" * 300_000))["ok"]


async def test_process_that_cannot_start_says_why(make: Make) -> None:
    """The last words of a process that ends before its hello are in the error."""
    with pytest.raises(SubjectDied, match=r"(?s)died during its start: exit code 3.*cannot import the thing"):
        await make("dies at start").start()


async def test_overlay_that_cannot_be_laid_is_no_fault_of_the_version(make: Make) -> None:
    """A subject whose overlay names a package that it lacks was not made ready: broken, and never a regression."""
    with pytest.raises(ProvisionFailed, match=r"(?s)laying an overlay failed.*foo is not an installed package"):
        await make("cannot lay its overlay").start()


async def test_process_that_never_greets_is_killed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the hello has a deadline too."""
    monkeypatch.setattr("conformance.subject.subject.HELLO_WITHIN_S", 0.3)

    with pytest.raises(SubjectHung, match="'hello'"):
        await make("never greets").start()


async def test_another_version_than_installed_is_refused(tmp_path: Path) -> None:
    """A process that says it is another version than asked for is not used."""
    subject = Subject(Installation("1.0.0", interpreter(tmp_path, "answers"), "by a test"), logs=tmp_path)

    with pytest.raises(ProvisionFailed, match=r"it is 9\.9\.9"):
        await subject.start()


async def test_trouble_of_the_suites_own_is_told(make: Make, tmp_path: Path) -> None:
    """Whoever runs a case learns that the child broke beside this trader, and only that; the log has all, redacted."""
    notes: list[str] = []
    trader = await make("breaks beside the trader").start_trader({}, ignore, on_note=notes.append, name="CASE-1")

    await trader.command("submit")

    assert notes == ["Traceback: no attribute 'last_qty', with the key SECRET"]
    written = (tmp_path / "logs" / "CASE-1.log").read_text()
    for text in ("of the trader before", "the node itself", "no attribute 'last_qty'"):
        assert text in written
    assert "key-of-this-test" not in written


def test_a_death_is_told_apart_by_how_it_came_and_by_a_start() -> None:
    """What was under way when a process ended by what it had heard is chance, and in no first line; a start is."""
    first_lines = [str(SubjectDied(during, -6, "last words")).splitlines()[0] for during in ("submit", "no command")]

    assert first_lines == ["the subject died: killed by SIGABRT"] * 2
    assert str(SubjectDied("its start", -6, "")) == "the subject died during its start: killed by SIGABRT"
