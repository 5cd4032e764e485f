"""Named options: everything the reference leaves open, marks as inferred, or a deployment sets for itself.

No assumption about Binance is hidden in the code: what the reference marks [INF] or lists in its section 18 is here,
with the default that fits most of the evidence. Each line says which section it belongs to.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from conformance.simulator.model.words import ForcedExecution, StpMode
from conformance.simulator.numbers import parse_decimal


@dataclass(frozen=True, slots=True)
class Options:
    """How the venue behaves where the reference leaves it open. All durations in ms, all rates as fractions."""

    # --- streams (sections 1 and 8)
    lenient_routes: bool = False
    """Whether streams come on routes that are not theirs: market streams on any, user data on `/ws/<listenKey>` and
    `/stream?streams=<listenKey>`. The testnet still sends user data there [TEST 2026-09]; production has been silent
    on every route but the stream's own since 2026-04-23 [DOC Connect page of 2026-09-18]. NautilusTrader up to 1.222
    knows the unrouted form only."""
    listen_key_validity_ms: int = 3_600_000
    stream_life_ms: int = 86_400_000
    ping_interval_ms: int = 180_000
    pong_timeout_ms: int = 600_000
    stream_messages_per_s: int = 10
    """Incoming messages a second on a stream before the venue disconnects; 0 switches the rule off."""
    streams_per_connection: int = 1024

    # --- signatures and timing (section 3)
    recv_window_max_ms: int = 60_000
    timestamp_checked_before_signature: bool = True
    """[INF] which of -1021 and -1022 a request gets that deserves both."""

    # --- rate limits (section 4)
    enforce_weight_limit: bool = True
    enforce_order_limits: bool = True
    ban_ms: int = 120_000
    ban_max_ms: int = 259_200_000
    requests_over_limit_before_ban: int = 20
    """[INF] how many refused requests after a 429 turn it into a 418."""
    used_weight_header: Literal["counted", "minus-one"] = "counted"
    """The testnet may send -1 in X-MBX-USED-WEIGHT-1M [TEST]."""

    # --- money (section 13)
    deposit: Decimal = Decimal(10_000)
    """USDT in the account at the start, where no state file says otherwise."""
    maker_rate: Decimal = Decimal("0.0002")
    taker_rate: Decimal = Decimal("0.0005")
    rpi_rate: Decimal = Decimal("0.00005")
    bnb_discount: Decimal = Decimal("0.10")
    """[INF] the discount on commissions paid in BNB."""
    default_leverage: int = 20
    open_loss_counts: bool = True
    """[INF] an order priced worse than the mark needs its immediate loss on top of its initial margin."""
    break_even_includes_realised: bool = False
    """[INF] whether profit realised since the position was opened moves its break-even price."""
    funding_interval_ms: int = 28_800_000
    funding_rate: Decimal = Decimal("0.0001")
    funding_automatic: bool = True
    """Whether funding is exchanged by itself at every interval (00:00, 08:00, 16:00 UTC)."""
    liquidation_automatic: bool = True
    liquidation_execution: ForcedExecution = "CALCULATED"
    """The execution type of a liquidation in ORDER_TRADE_UPDATE: CALCULATED, or TRADE (9.1 names both)."""
    adl_execution: ForcedExecution = "CALCULATED"
    """Likewise for auto-deleveraging; NautilusTrader has reports of both."""
    margin_call_ratio: Decimal = Decimal("0.8")
    """[INF] MARGIN_CALL is sent when maintenance margin exceeds this share of the margin balance."""

    # --- the book
    ladder_levels: int = 50
    ladder_notional: Decimal = Decimal(1_000_000)
    """Quote value that other traders offer at each level of the default book, which refills after every trade."""
    fill_on_touch: bool = True
    """[INF] a resting order fills when the price reaches it; otherwise only when the price goes through it."""
    mark_follows_last: bool = True

    # --- orders (sections 10 and 12)
    default_stp: StpMode = "EXPIRE_MAKER"
    fok_ignores_own_orders: bool = True
    """[INF] FOK is outside self-trade prevention (10.7): its own resting orders are passed over, never traded with."""
    trade_lites_first: bool = True
    """[INF] 18.4: with several fills all TRADE_LITE come first; otherwise each precedes its ACCOUNT_UPDATE."""
    amended_gtx_crossing: Literal["CANCELED", "EXPIRED"] = "CANCELED"
    """[INF] 18.5: the event of a GTX order that an amendment would make a taker."""
    open_reduce_only: Literal["ignored", "counted"] = "ignored"
    """[COMM] 10.3: whether open reduce-only orders of its side leave a new one less room than the position. `ignored`:
    it is reduced to the position alone (production log of 2026-05-03, NautilusTrader #3983). `counted`: it is reduced
    to what the others leave, and refused with -4118 where they leave nothing (portfolio margin, log of 2026-08-21: a
    third order of the whole position beside a take and a stop)."""
    reduce_only_excess: Literal["expire", "decrease"] = "expire"
    """[INF] 10.3: what happens to resting reduce-only orders that no longer fit into the position."""
    reduce_only_excess_status: Literal["EXPIRED", "CANCELED"] = "EXPIRED"
    percent_price_enforced: bool = True
    max_amendments: int = 10_000
    events_before_answer: bool = False
    """Section 12: answers and events take independent paths. False: the answer leaves first."""

    # --- the Algo service (section 11)
    max_algo_orders: int = 200
    algo_orders_count_as_orders: bool = False
    """[INF] 18.8: whether algo orders count in MAX_NUM_ORDERS."""
    trigger_tick_enforced: bool = False
    """[INF] 18.6: whether triggerPrice must be a multiple of the tick; the testnet does not check it [TEST]."""
    trailing_with_trigger_price: Literal["ignored", "refused"] = "ignored"
    """[COMM] whether a trailing stop that is sent with a triggerPrice is refused with -2021: one report says so
    (NautilusTrader #4192), the documentation does not."""
    algo_triggered_event: Literal["after_child", "before_child"] = "after_child"
    """Section 11: ALGO_UPDATE comes from its own service; TRIGGERED may arrive on either side of the child's events."""
    algo_lag_ms: int = 4
    """How long after its child ended an algo order is FINISHED: the Algo service is not the matching engine. 4 ms in
    the one production capture. 0: in the same instant, back to back with the child's events."""
    legacy_trigger_reject: bool = False
    """Whether a REJECTED algo order also emits the deprecated CONDITIONAL_ORDER_TRIGGER_REJECT (2)."""
    algo_expired_on_close: bool = True
    """10.4: closePosition orders expire when their position is closed by other means."""
    callback_rate_max: Decimal = Decimal(20)
    trailing_shown_in_queries: bool = True
    """[INF] whether queries of a trailing order tell its activatePrice and callbackRate, as its placement does. The
    official models have neither there; NautilusTrader reads both, and no genuine payload is known."""

    # --- the simulator itself
    events_kept: int = 1_000
    """How many of the latest events `control.events` remembers."""
    max_body_bytes: int = 256 * 1024
    max_parameters: int = 200
    generated_symbols: int = 0
    """How many further symbols the market has, made up as odd as production's: settling, halted, pending, TradFi,
    non-ASCII names, other quotes. Production had 845 in all."""
    generated_seed: int = 1
    """Which ones: the same seed makes the same symbols."""
    prices: dict[str, str] = field(default_factory=dict)
    """Starting prices by symbol, over those of `fixtures/market/prices.json`."""

    def __post_init__(self) -> None:
        for symbol, price in self.prices.items():
            number = parse_decimal(price)
            if number is None or number <= 0:
                raise ValueError(f"prices[{symbol!r}]: expected a positive decimal such as '50000.0', got {price!r}")
        if not 0 <= self.generated_symbols <= 5_000:
            raise ValueError(f"generated_symbols: expected 0 to 5000, got {self.generated_symbols}")
        if not 1 <= self.default_leverage <= 125:
            raise ValueError(f"default_leverage: expected 1 to 125, got {self.default_leverage}")
