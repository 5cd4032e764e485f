"""What a trader can be asked for: one closed vocabulary, which versions declare in their hello and cases need."""

VOCABULARY = {
    "account_events": "the account's states show up as events, not only in snapshots",
    "batch_cancel": "cancel several orders with one command",
    "batch_amend": "amend several orders with one command",
    "batch_lists": "the orders of one command go to the venue in one request",
    "brackets": "the order factory builds an entry with its take-profit and its stop-loss",
    "bus_topics": "a strategy subscribes to a topic of the message bus on which events of others' orders come",
    "cache_database": "keep the cache in a Redis, and start on it again",
    "cancel_all_of_others": "`cancel_all` can be told whether orders that the strategy did not submit go too",
    "cancels_of_others": "a strategy subscribes to the cancellations of others' orders (subscribe_order_cancels)",
    "close_position": "close one position, or all of a symbol, with one command",
    "close_position_stops": "a stop that closes the whole position (closePosition), through order params",
    "command_retries": "a command that the venue has not executed is sent again (max_retries; in 2.x questions are)",
    "display_quantity": "an order can show the market a part of its quantity",
    "emulation": "hold an order back locally until its trigger",
    "ends_on_error": "a node can be told to stop the native way once an error has come up in it",
    "exec_algorithms": "an execution algorithm of a user's own sends orders in slices",
    "execution_instruments": "a trader without a data client knows the instruments that it trades",
    "external_order_claims": "a strategy claims the orders of other clients as its own",
    "external_orders": "orders of other clients show up as events, not only in snapshots",
    "fills_of_others": "a strategy subscribes to the fills of others' orders (subscribe_order_fills)",
    "graceful_stop": "stop the native way",
    "gtd": "good-till-date orders, at the venue or held locally (the client's use_gtd)",
    "hedge": "two positions a symbol, told apart by position ids",
    "inflight_check": "orders without an answer are asked about (inflight_check_…)",
    "instrument_fees": "an instrument says what a maker and a taker pay",
    "managed_dates": "a strategy ends orders by itself at their date (manage_gtd_expiry)",
    "message_bus": "publish what happens to a Redis, for other programs (message_bus)",
    "market_exit": "cancel and close all that the strategy has, with one command",
    "open_check": "open orders are asked about periodically (open_check_…)",
    "order_lists": "submit several orders with one command",
    "own_order_books": "the trader keeps a book of its own orders at the venue (manage_own_order_books)",
    "position_check": "positions are asked about periodically (position_check_…)",
    "price_match": "let the venue price an order (priceMatch), through order params",
    "proxied_streams": "the client's proxy_url is for its streams as well as for its requests",
    "query_account": "ask for the state of the account",
    "retries": "repeat a refused request as often as the client's config allows",
    "risk_engine": "orders are checked before they are sent",
    "rpi_orders": "an order that waits for those of the venue's own app alone (timeInForce RPI), through order params",
    "sequential_traders": "one process starts trader after trader",
    "shipped_urls": "what clients do that no URL is configured for can be asked: their hosts, routes, keep-alives",
    "short_keep_alive": "the time between two keep-alives of the user stream can be shortened",
    "take_profit_beyond_trigger": "a take-profit limit may rest once triggered: its price may be beyond its trigger",
    "trading_state": "the risk engine can be told to let nothing pass, or only what reduces a position",
    "twap": "an execution algorithm that comes with it cuts a market order into slices over a while",
    "ws_api_logon": "with an Ed25519 key the user stream starts over the WS API",
    "written_configs": "the node's configuration can be read from JSON, its clients' and strategies' with it",
    "ws_trading": "orders can go over the WS API",
}
"""Capability → what a version that declares it can do."""
BY_THE_SUITE = frozenset({"shipped_urls", "short_keep_alive"})
"""Those that the suite has in a version, to look at it or to hasten it: a version without them has lost nothing."""


def declared(found: set[str]) -> list[str]:
    """Return what a version was found to be capable of, sorted; a word outside the vocabulary is a mistake of ours."""
    if unknown := sorted(found - VOCABULARY.keys()):
        raise LookupError(f"not in the vocabulary of capabilities: {', '.join(unknown)}")
    return sorted(found)
