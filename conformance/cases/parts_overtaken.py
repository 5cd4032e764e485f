"""What happens to an order of which a part has filled, while the answer that tells of that part is on its way."""

from conformance.cases.happenings import LEFT_LIMIT, Account, Happens
from conformance.cases.inherited import venue_id


class _OfAPart(Account):
    """An account with a limit order of which 0.004 of 0.010 has filled; another client amends and cancels it."""

    async def is_to_be_more(self) -> None:
        await self._is_amended("0.020")

    async def is_to_be_less(self) -> None:
        await self._is_amended("0.006")

    async def is_to_be_more_and_fills_beyond(self) -> None:
        await self._is_amended("0.020")
        await self._fills("0.011")

    async def is_to_be_more_and_is_cancelled(self) -> None:
        await self._is_amended("0.020")
        await self.limit_is_cancelled()

    async def fills_wholly(self) -> None:
        await self._fills("0.006")

    async def _is_amended(self, quantity: str) -> None:
        price = self.market.below_last("3%")
        await self.venue.amends(await venue_id(self.venue, LEFT_LIMIT), "BUY", quantity=quantity, price=price)

    async def _fills(self, quantity: str) -> None:
        await self.market.takes(await venue_id(self.venue, LEFT_LIMIT), quantity)


def _happens(name: str, words: str, does: str, status: str) -> Happens:
    async def to(account: Account) -> None:
        await getattr(_OfAPart(account.venue, account.market), does)()

    return Happens(name=name, words=words, before=Account.limit_fills_in_part, does=to, order=LEFT_LIMIT, status=status)


#: How the order goes on whose first part the answer tells of.
OVERTAKING = (
    _happens("more", "is made larger", "is_to_be_more", "PARTIALLY_FILLED"),
    _happens("less", "is made smaller", "is_to_be_less", "PARTIALLY_FILLED"),
    _happens(
        "beyond", "is made larger and fills beyond its old size", "is_to_be_more_and_fills_beyond", "PARTIALLY_FILLED"
    ),
    _happens("more-cancelled", "is made larger and cancelled", "is_to_be_more_and_is_cancelled", "CANCELED"),
    _happens("filled", "fills", "fills_wholly", "FILLED"),
)
