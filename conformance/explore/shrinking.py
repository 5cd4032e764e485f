"""How a finding is made small: by Hypothesis, which drops steps and makes plainer those that stay."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import msgspec
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.internal.conjecture import engine
from hypothesis.strategies import DrawFn

from conformance.explore.playhouse import Played, Player
from conformance.explore.program import Program
from conformance.explore.steps.step import Step

#: A program is believed to show what it showed once if it does so again in one of so many tries.
_TRIES = 3
#: How often the smallest program is played, to tell how surely it shows its finding.
PROOFS = 5
#: Hypothesis has the whole program before it after a few of these.
_EXAMPLES = 400
_SETTINGS = settings(
    max_examples=_EXAMPLES,
    phases=[Phase.generate, Phase.shrink],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
#: One in so many draws leaves a step out, before Hypothesis has seen the whole program.
_DROPS, _PLAINS = 20, 18
#: The number of plays, or the caller's seconds, end a search before.
_LONG_S = 24 * 3600


class Shrunk(msgspec.Struct, frozen=True):
    """What has become of a program that showed a sign."""

    program: Program
    """The smallest that shows it."""
    shown: int
    """How often the smallest showed it, of `tries`."""
    tries: int
    plays: int
    """How many programs were played for it."""
    last: Played
    """The last time that the smallest was played; with its timeline where that time it showed the sign."""


def shrink(
    program: Program,
    key: tuple[str, str],
    player: Player,
    *,
    most_plays: int = 90,
    seconds: float = 120.0,
    now: Callable[[], float] = time.monotonic,
) -> Shrunk:
    """Play the program again, and make it small if it shows its sign again; the same in, the same out.

    At most `most_plays` programs are played, or so many as fit into `seconds`; what is smallest then is taken.
    """
    trials = _Trials(key, player, most_plays, now() + seconds, now)
    if not trials.comes_back(program):
        return Shrunk(program, 0, _TRIES, trials.plays, trials.last)
    with_all = trials.smallest = program
    try:
        with _at_any_speed():
            find(_parts(with_all), trials.still_shows, settings=_SETTINGS, random=Random(0))
    except NoSuchExample:
        # The whole program did not come up, which it nearly always does: then it stays as it is.
        trials.smallest = with_all
    return trials.proved()


@contextmanager
def _at_any_speed() -> Iterator[None]:
    """Keep Hypothesis from ending a search after five minutes, which it has no setting for.

    On a busy machine the plays of one program take longer, and what is smallest then would depend on the machine.
    """
    limit, engine.MAX_SHRINKING_SECONDS = engine.MAX_SHRINKING_SECONDS, _LONG_S
    try:
        yield
    finally:
        engine.MAX_SHRINKING_SECONDS = limit


class _Trials:
    """Plays candidates, each once, and remembers the smallest that shows the sign."""

    def __init__(
        self, key: tuple[str, str], player: Player, most_plays: int, deadline: float, now: Callable[[], float]
    ) -> None:
        self._key = key
        self._player = player
        self._left = most_plays
        self._deadline = deadline
        self._now = now
        self._known: dict[Program, bool] = {}
        self._whole_is_seen = False
        self.plays = 0
        self.last = Played()
        self.smallest = Program()

    def comes_back(self, program: Program) -> bool:
        """Say whether the program shows its sign in one of a few more tries."""
        self._known[program] = any(self._shows(program) for _ in range(_TRIES))
        return self._known[program]

    def still_shows(self, program: Program) -> bool:
        """Say whether a candidate shows the sign; nothing is tried before Hypothesis has seen the whole."""
        self._whole_is_seen = self._whole_is_seen or program == self.smallest
        if not self._whole_is_seen or not program.steps:
            return False
        if program not in self._known:
            if self._left <= 0 or self._now() > self._deadline:
                return False
            self._left -= 1
            self._known[program] = self._shows(program)
        if self._known[program] and _size(program) < _size(self.smallest):
            self.smallest = program
        return self._known[program]

    def proved(self) -> Shrunk:
        """Play the smallest a few times more and return it with its share."""
        shown, told = 0, self.last
        for _ in range(PROOFS):
            played = self._play(self.smallest, timeline=True)
            if played.shows(self._key):
                shown, told = shown + 1, played
        return Shrunk(self.smallest, shown, PROOFS, self.plays, told)

    def _shows(self, program: Program) -> bool:
        return self._play(program).shows(self._key)

    def _play(self, program: Program, *, timeline: bool = False) -> Played:
        self.plays += 1
        self.last = self._player(program, timeline=timeline)
        return self.last


def _size(program: Program) -> tuple[int, int, bytes]:
    """Fewest steps first, then what is written shortest: defaults are not written."""
    written = program.written()
    return len(program.steps), len(written), written


@st.composite
def _parts(draw: DrawFn, whole: Program) -> Program:
    """Return a strategy of all that the program can be made: with fewer steps, and with plainer ones.

    For each step two numbers are drawn, of which smaller ones mean less: 0 leaves the step out.
    """
    kept: list[Step] = []
    for step in whole.steps:
        forms = [*_forms(step)]
        stays = draw(st.integers(0, _DROPS - 1))
        plain = draw(st.integers(0, _PLAINS + len(forms)))
        if stays:
            kept.append(forms[min(plain, len(forms) - 1)])
    return Program.of(kept)


def _forms(step: Step) -> list[Step]:
    """Return the step in all its forms, the plainest first and itself last."""
    calm = [step.but(at_once=False)] if step.at_once else []
    plainer = [form.but(at_once=False) for form in step.plainer()]
    return [*dict.fromkeys([*plainer, *calm]), step]
