"""The sums that a venue's books must keep."""

from decimal import Decimal

from tests.simulator.venue_client import VenueClient


def ledger_holds(client: VenueClient) -> bool:
    """Return whether every wallet is the sum of what made it, and every position the sum of its fills."""
    venue = client.venue
    for wallet in venue.account.wallets.values():
        if wallet.balance != sum(wallet.sums.values(), Decimal(0)):
            return False
        if wallet.balance != sum((i.amount for i in venue.account.incomes if i.asset == wallet.asset), Decimal(0)):
            return False
    held: dict[tuple[str, str], Decimal] = {}
    for trades in venue.register.trades.values():
        for trade in trades:
            key = (trade.order.symbol.name, trade.order.position_side)
            held[key] = held.get(key, Decimal(0)) + trade.quantity * trade.order.direction
    return all(position.amount == held.get(key, Decimal(0)) for key, position in venue.account.positions.items())
