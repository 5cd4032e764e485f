"""Hedge mode: the account in which a program plays has two positions a symbol."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from conformance.explore.steps.step import Step
from conformance.kit.needs import Need

if TYPE_CHECKING:
    from conformance.explore.stage import Stage


class HedgeAccount(Step, frozen=True, kw_only=True, tag="hedge account"):
    """The account is in hedge mode from the start on, and every order says which position it is for.

    Wherever it stands in a program, the account is so before the trader starts: the mode cannot be changed while
    orders or positions are open. Left out, the same program plays in a one-way account.
    """

    needs: ClassVar[tuple[Need, ...]] = ("hedge",)

    async def take(self, stage: "Stage") -> None:
        """Do nothing any more: the stage has turned hedge mode on before it started the trader."""

    def words(self) -> str:
        return "in an account in hedge mode"

    def code(self) -> Sequence[str]:
        return ["# before the trader starts, with hedge=True: await venue.turns_hedge_mode_on()"]
