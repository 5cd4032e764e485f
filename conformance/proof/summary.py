"""What a session of mutants came to: shares, and what survived."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.proof.book import Trial


@dataclass(frozen=True, slots=True)
class Summary:
    """The trials of one kind."""

    kind: str
    trials: Sequence[Trial]

    @property
    def caught(self) -> int:
        """How many a case told from the version."""
        return sum(each.fate == "caught" for each in self.trials)

    @property
    def reachable(self) -> int:
        """How many a USDⓈ-M trader can meet."""
        return sum(each.fate != "beyond" for each in self.trials)

    @property
    def share_of_reachable(self) -> float:
        """The share caught of those that a USDⓈ-M trader can meet, of 1."""
        return self.caught / self.reachable if self.reachable else 1.0

    @property
    def share_of_all(self) -> float:
        """The share caught of all, of 1."""
        return self.caught / len(self.trials) if self.trials else 1.0

    @property
    def survivors(self) -> list[Trial]:
        """Those that nothing told, first those that some case touches."""
        left = [each for each in self.trials if each.fate in ("survived", "unreached")]
        return sorted(left, key=lambda each: (each.fate != "survived", each.mutant))

    @property
    def beyond(self) -> Counter[str]:
        """How many no USDⓈ-M trader can meet, by the reason."""
        return Counter(each.why or "" for each in self.trials if each.fate == "beyond")

    @property
    def seconds_a_catch(self) -> float:
        """What it cost to catch one, the time of those that survived left out."""
        seconds = [each.seconds for each in self.trials if each.fate == "caught"]
        return sum(seconds) / len(seconds) if seconds else 0.0


def summaries(trials: Iterable[Trial]) -> list[Summary]:
    """Return a summary of each kind that was tried."""
    by_kind: dict[str, list[Trial]] = {}
    for trial in trials:
        by_kind.setdefault(trial.kind, []).append(trial)
    return [Summary(kind, found) for kind, found in sorted(by_kind.items())]
