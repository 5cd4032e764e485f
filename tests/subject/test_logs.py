"""The log of a subject's process: read on whatever happens to the file that it is kept in."""

import os
from pathlib import Path

import pytest

from conformance.history.redaction import Redaction
from conformance.subject.log_watch import LogWatch, Told
from conformance.subject.logs import LogPipe


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A log file on a disk without space."""
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("this system has no /dev/full")
    path = tmp_path / "trader.log"
    path.symlink_to(device)
    return path


def test_full_disk_does_not_stop_the_reading(full: Path) -> None:
    """More than a pipe holds is read though none of it can be written: a node that blocks on its log seems to hang."""
    log = LogPipe(Redaction())
    log.turn_to(full, Redaction(secrets=["secret-of-this-test"]))
    with os.fdopen(os.dup(log.writing), "wb", 0) as node:
        log.start()
        for number in range(5_000):
            node.write(b"line %d of a chatty node, with secret-of-this-test\n" % number)
    log.finish()
    assert "line 4999 of a chatty node" in log.tail()
    assert "secret-of-this-test" not in log.tail()


def test_full_disk_is_among_the_last_words(full: Path) -> None:
    """That the log is not whole is said where it is quoted."""
    log = LogPipe(Redaction())
    log.turn_to(full, Redaction())
    log.write("the only line")
    assert "the only line\nthe suite: from here on the log could not be written: " in log.tail()
    assert "No space left" in log.tail()
    os.close(log.writing)


def test_watch_sees_what_the_file_does_not_hold(tmp_path: Path) -> None:
    """It counts each kind of secret at each level, before redaction; of the secret nothing is kept, nor in the file."""
    secrets = Redaction(secrets=["secret-of-this-test"])
    watch = LogWatch(secrets.find)
    log = LogPipe(Redaction())
    log.turn_to(tmp_path / "trader.log", secrets, watch)
    with os.fdopen(os.dup(log.writing), "wb", 0) as node:
        log.start()
        node.write(b"2026-11-28T18:50:01.000000000Z [INFO] TRADER-001.ExecClient: connected\n")
        node.write(b"2026-11-28T18:50:01.000000000Z [DEBUG] TRADER-001.ExecClient: it is secret-of-this-test\n")
        node.write(b"  and on a line of its own: secret-of-this-test\n")
        node.write(b"2026-11-28T18:50:01.000000000Z [WARN] TRADER-001.ExecClient: secret-of-this-test\n")
    log.write("the suite: secret-of-this-test")
    log.finish()

    assert watch.told() == [Told("a secret", "DEBUG", 2, 2), Told("a secret", "WARN", 4, 1)]
    assert watch.lines == 4
    assert "secret-of-this-test" not in (tmp_path / "trader.log").read_text()
    assert "secret-of-this-test" not in repr(vars(watch)) + repr(watch.told())
