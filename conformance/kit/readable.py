"""A trader as its strategy reads it: what it answers of its orders, positions and instruments, and of its portfolio."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from conformance.kit.failure import CheckError
from conformance.kit.operated import Operated


class Readable(Operated):
    """What a strategy reads; nothing of it asks the venue."""

    async def instruments(self, *symbols: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the instruments that the trader knows, or those of `symbols`, by the venue's symbol."""
        rows = (await self.command("instruments", symbols=list(symbols) or None))["instruments"]
        return {row["symbol"]: row for row in rows}

    async def configures(self, section: str, **options: Any) -> Mapping[str, Any]:
        """Return what a native config of the section makes of options: `kept`, by name, or why it is `refused`."""
        return await self.command("configures", section=section, options=options)

    async def reads_config(self, section: str, **options: Any) -> Mapping[str, Any]:
        """Return what a native config makes of options that a file has, as JSON (needs `written_configs`).

        Beside `kept`, or why it is `refused`, its `values` as it would be written again.
        """
        return await self.command("configures", section=section, options=options, written=True)

    async def names(self, count: int) -> list[str]:
        """Return so many client order ids as the strategy's own factory makes them for orders that nobody names."""
        return list((await self.command("names", count=count))["names"])

    async def answers_truly(self) -> None:
        """Require that the cache answers a strategy about its orders and positions as these are, however it asks."""
        _are_none((await self.command("untrue_answers"))["untrue"])

    async def relates_truly(self) -> None:
        """Require that the cache knows which orders made which position, and what is on which side."""
        _are_none((await self.command("untrue_relations"))["untrue"])

    async def readings(self) -> Sequence[Mapping[str, str]]:
        """Return what the last strategy read in each handler (started with `hears=["readings"]`), in their order.

        Of each `event` what it is `about`; of an order its `status`, what of it is `filled`, in which of the cache's
        `lists` it is, and which orders are `known`; of a position whether it is open; and what is `held` and, as the
        portfolio has it, `net`.
        """
        return list((await self.command("heard"))["heard"])

    async def threads(self) -> Mapping[str, Sequence[str]]:
        """Return what kinds of things strategies have been `told`, and which of them on `others` than the node's."""
        reply = await self.command("threads")
        return {name: reply[name] for name in ("told", "others")}

    async def profits(self, symbol: str, price: Decimal | None = None) -> Mapping[str, str | None]:
        """Return what the portfolio has of a symbol at this price, or at the latest that it knows without one.

        `realized`, `unrealized`, `total` and `net_position`, money in the currency of settlement; what the portfolio
        cannot tell is None.
        """
        valued: dict[str, Any] = {} if price is None else {"price": f"{price:f}"}
        return await self.command("profits", symbol=symbol, **valued)

    async def sums(self) -> Mapping[str, Mapping[str, str]]:
        """Return what the portfolio has of all symbols together, by currency: `realized`, and the `total` with it."""
        return await self.command("sums")

    async def readouts(self) -> Mapping[str, Any]:
        """Return what a strategy reads of its `orders`, its `positions`, closed ones too, and its `portfolio`.

        Figures are decimal strings, times Unix ns; what is not there is left out. Of each of its `order_lists` the ids
        of the orders that it was made of.
        """
        reply = await self.command("readouts")
        return {name: reply[name] for name in ("orders", "positions", "order_lists", "portfolio")}


def _are_none(untrue: Sequence[tuple[str, str]]) -> None:
    if untrue:
        questions = sorted({question.partition(" ")[0] for question, _ in untrue})
        raise CheckError(
            "answers of the cache",
            required="as its orders and positions are",
            seen=", ".join(f"{question} of {about}" for question, about in untrue),
            signature=f"untrue: {', '.join(questions)}",
        )
