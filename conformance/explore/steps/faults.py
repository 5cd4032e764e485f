"""What goes wrong on the wire: answers, frames, and the stream."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from conformance.explore.steps.step import Step
from conformance.kit.fates import FATES, NOT_EXECUTED

if TYPE_CHECKING:
    from conformance.explore.stage import Stage

On = Literal["place", "cancel", "modify", "cancel all", "batch cancel", "query"]
FrameEvent = Literal["ORDER_TRADE_UPDATE", "ALGO_UPDATE", "TRADE_LITE", "ACCOUNT_UPDATE"]
#: Every fate by its name; one that never gets an answer would outlive the program, so that it is a hold instead.
_BY_NAME = {fate.name: fate for fate in (*FATES, *NOT_EXECUTED) if fate.name != "hang"}
#: What each fate leaves open: whether the venue has done what was asked for.
NEVER_DONE = frozenset({"reset-before", *(fate.name for fate in NOT_EXECUTED)})
ALWAYS_DONE = frozenset({"reset-after", "truncated"})
FATE_NAMES = tuple(_BY_NAME)


class Fault(Step, frozen=True, kw_only=True, tag="fault"):
    """The next request of a kind meets something in place of the venue's answer."""

    request: On = "place"
    fate: str = "503"
    done: bool = False

    @property
    def shape(self) -> str:
        # Which it is shows in the signature, where it makes a difference.
        return f"fault on {self.request}{', done' if self.is_done else ''}"

    @property
    def is_done(self) -> bool:
        """Whether the venue carries the request out."""
        return self.fate in ALWAYS_DONE or (self.done and self.fate not in NEVER_DONE)

    async def take(self, stage: "Stage") -> None:
        fate = _BY_NAME[self.fate]
        stage.arms(fate.meets(stage.faults, self.request, processed=self.is_done, times=1, optional=True))

    def words(self) -> str:
        done = "carried out" if self.is_done else "not carried out"
        return f"arm a fault: the next {self.request} request {_BY_NAME[self.fate].words}, and is {done}"

    def code(self) -> Sequence[str]:
        how = f"processed={self.is_done}, optional=True"
        if self.fate.startswith("reset"):
            return [f'faults.drop("{self.request}", {how})']
        return [f'fate("{self.fate}").meets(faults, "{self.request}", {how})  # conformance.kit.fates']

    def plainer(self) -> Sequence["Fault"]:
        return self._plainly(fate="503", done=False)


class FrameFault(Step, frozen=True, kw_only=True, tag="frame"):
    """The next frame of an event arrives twice, or after its successor."""

    what: Literal["twice", "late"] = "twice"
    event: FrameEvent = "ORDER_TRADE_UPDATE"

    @property
    def shape(self) -> str:
        return f"frame {self.event} {self.what}"

    async def take(self, stage: "Stage") -> None:
        if self.what == "twice":
            stage.arms(stage.faults.duplicate(self.event, optional=True))
        else:
            # An order's fill comes as a pair of frames: delivering the later one releases the earlier one too.
            stage.arms(stage.faults.reorder("ACCOUNT_UPDATE", after="ORDER_TRADE_UPDATE", optional=True))

    def words(self) -> str:
        if self.what == "twice":
            return f"deliver the next {self.event} twice"
        return "deliver the next ACCOUNT_UPDATE after the ORDER_TRADE_UPDATE that follows"

    def code(self) -> Sequence[str]:
        if self.what == "twice":
            return [f'faults.duplicate("{self.event}", optional=True)']
        return ['faults.reorder("ACCOUNT_UPDATE", after="ORDER_TRADE_UPDATE", optional=True)']


class Lose(Step, frozen=True, kw_only=True, tag="lose"):
    """The next frame about an order of the trader's is lost."""

    order: str
    event: FrameEvent = "ORDER_TRADE_UPDATE"

    @property
    def shape(self) -> str:
        return f"lose {self.event}"

    async def take(self, stage: "Stage") -> None:
        name = stage.id_of(self.order)
        if self.event == "ALGO_UPDATE":
            stage.arms(stage.faults.lose(self.event, optional=True, caid=name))
        else:
            stage.arms(stage.faults.lose(self.event, optional=True, c=name))

    def words(self) -> str:
        return f"lose the next {self.event} about {self.order}"

    def code(self) -> Sequence[str]:
        field = "caid" if self.event == "ALGO_UPDATE" else "c"
        return [f'faults.lose("{self.event}", optional=True, {field}={self.order}.id)']


class HoldAnswers(Step, frozen=True, kw_only=True, tag="hold answers"):
    """The answer to the next request of a kind is held back until the release: the stream comes first."""

    request: On = "place"

    async def take(self, stage: "Stage") -> None:
        stage.arms(stage.faults.delay(self.request, until=stage.hold(), processed=True, times=1, optional=True))

    @property
    def shape(self) -> str:
        return f"hold the answer to {self.request}"

    def words(self) -> str:
        return f"hold back the answer to the next {self.request} request"

    def code(self) -> Sequence[str]:
        return [f'faults.delay("{self.request}", until=released, processed=True, optional=True)  # an asyncio.Event']


class HoldFrames(Step, frozen=True, kw_only=True, tag="hold frames"):
    """The next frame of an event, and all behind it, is held back until the release: the answer comes first."""

    event: FrameEvent = "ORDER_TRADE_UPDATE"

    async def take(self, stage: "Stage") -> None:
        stage.arms(stage.faults.delay_frame(self.event, until=stage.hold(frames=True), times=1, optional=True))

    @property
    def shape(self) -> str:
        return f"hold {self.event}"

    def words(self) -> str:
        return f"hold back the next {self.event} and all that follows"

    def code(self) -> Sequence[str]:
        return [f'faults.delay_frame("{self.event}", until=released, optional=True)  # an asyncio.Event']


class Release(Step, frozen=True, kw_only=True, tag="release"):
    """What is held back goes on its way."""

    async def take(self, stage: "Stage") -> None:
        stage.releases()

    def words(self) -> str:
        return "release what is held back"

    def code(self) -> Sequence[str]:
        return ["released.set()"]


class Drop(Step, frozen=True, kw_only=True, tag="drop stream"):
    """The user stream is cut; unless the next step follows at once, the trader has opened another before it does."""

    async def take(self, stage: "Stage") -> None:
        await stage.stream_ends(stage.user_stream.drops, back=not self.at_once)

    def words(self) -> str:
        return "cut the user stream" + (" (the next step happens before it is back)" if self.at_once else "")

    def code(self) -> Sequence[str]:
        return ["await user_stream.drops()", *([] if self.at_once else ["await user_stream.is_open_again()"])]
