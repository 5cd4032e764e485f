"""What every step of a program has in common."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec

from conformance.kit.needs import Need

if TYPE_CHECKING:
    from conformance.explore.stage import Stage


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """One step of a program. As data it is a mapping whose `do` names its kind."""

    at_once: bool = False
    """Whether the next step follows at once, before the consequences of this one have passed: a race, asked for."""

    needs: ClassVar[tuple[Need, ...]] = ()
    """What a kept program with this step needs, in the words of a case."""

    @property
    def makes(self) -> tuple[str, ...]:
        """The orders that come into being with it, by their letters."""
        return ()

    @property
    def about(self) -> tuple[str, ...]:
        """The orders that must have come into being before, by their letters."""
        return ()

    @property
    def name(self) -> str:
        """The kind of step, as data and tables have it."""
        return str(type(self).__struct_config__.tag)

    @property
    def shape(self) -> str:
        """What the step is without figures and letters: two findings of one shape are taken for one."""
        return self.name

    @property
    def sorts(self) -> Mapping[str, str]:
        """What the venue makes of each of these orders: one rule may be broken for one sort and not for another."""
        return {}

    async def take(self, stage: "Stage") -> None:
        """Do it; raises `Impossible` where it cannot be done as things stand."""
        raise NotImplementedError

    def words(self) -> str:
        """Say it in plain English, without a full stop."""
        raise NotImplementedError

    def code(self) -> Sequence[str]:
        """Return the lines that do it in a case."""
        raise NotImplementedError

    def plainer(self) -> Sequence[Self]:
        """Return plainer forms of the step, the plainest first: what is tried when a finding is shrunk."""
        return ()

    def data(self) -> dict[str, Any]:
        """Return the step as data, without what is as it is by default."""
        # Not msgspec's own omission, which looks for the same object and not for an equal one.
        named = {each.name: (getattr(self, each.name), each.default) for each in msgspec.structs.fields(self)}
        given = {name: msgspec.to_builtins(value) for name, (value, default) in named.items() if value != default}
        return {"do": self.name, **given}

    def but(self, **terms: Any) -> Self:
        """Return the same step with other terms."""
        return msgspec.structs.replace(self, **terms)

    def _plainly(self, **terms: Any) -> list[Self]:
        """Return the step with all of these terms, then with each alone, where that makes a difference."""
        one_by_one = [self.but(**{name: value}) for name, value in terms.items()]
        return [step for step in dict.fromkeys([self.but(**terms), *one_by_one]) if step != self]
