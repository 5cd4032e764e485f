"""The book of trials: a mutant is tried once, by whoever claims it, also after a stop."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.proof.book import Book, BookError, Trial


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """An empty book."""
    return Book(tmp_path / "trials.jsonl")


def test_a_mutant_is_claimed_once(book: Book) -> None:
    """What a living process has claimed, or somebody has tried, is not tried again."""
    book.write(Trial(mutant="a", kind="wire", fate="caught"))

    assert [book.claim("abc"), book.claim("abc"), book.claim("abc")] == ["b", "c", None]


def test_the_claim_of_a_dead_process_is_nobodys(book: Book) -> None:
    """A process that was killed in a trial leaves its mutant to the next."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    book.path.write_text(json.dumps({"type": "claim", "mutant": "a", "pid": gone.pid}) + "\n")

    assert book.claim("a") == "a"


def test_trials_are_read_as_they_were_written(book: Book) -> None:
    """All that a trial says survives the file."""
    trial = Trial(mutant="a", kind="source", fate="survived", tried=1, missed_by=("A-1",), touched_by=4, text="x")
    book.write(trial)

    assert book.trials() == {"a": trial}


def test_a_line_that_is_none_is_named(book: Book) -> None:
    """A book that was edited is refused by file and line."""
    book.path.write_text("{}\n")

    with pytest.raises(BookError, match=r"trials\.jsonl:1"):
        book.trials()


def test_what_survived_a_few_cases_is_tried_by_the_others(book: Book) -> None:
    """A survivor is open again for whoever plays more of the cases that touch it; one that all have missed is not."""
    book.write(Trial(mutant="a", kind="wire", fate="survived", tried=3, touched_by=9))

    assert book.claim("a", 3) is None
    assert book.claim("a", 5) == "a"
    book.write(Trial(mutant="a", kind="wire", fate="survived", tried=9, touched_by=9))
    assert book.claim("a", 50) is None
