"""Options that a version does not know: misspelt, or renamed since: a firm has to hear of it before it trades."""

from collections.abc import Mapping
from typing import Any

from conformance.kit import Trader, case, require

_RULE = "NautilusTrader, configuration: what an option is called; one that is not there has no effect"
_CLAIMS: Mapping[str, Any] = {"external_order_claims": []}


@case.each(
    {
        "OPT-010": {"section": "strategy", "options": {"manage_stops": True}},
        "OPT-011": {"section": "strategy", "options": {"manage_gtd_expirys": True}},
        "OPT-012": {"section": "strategy", "options": _CLAIMS},
        "OPT-020": {"section": "exec_engine", "options": {"open_check_interval_sec": 5.0}},
        "OPT-030": {"section": "risk_engine", "options": {"max_notional_per_orders": {}}},
        "OPT-040": {"section": "client", "options": {"max_retry": 3}},
        "OPT-050": {"section": "data_client", "options": {"update_instruments_interval": 60}},
        "OPT-060": {"section": "cache", "options": {"flush_at_start": True}},
    },
    tier="full",
    core=["OPT-010", "OPT-012"],
    rule=_RULE,
    needs=["unrecordable"],
)
async def test_unknown_option_is_refused(trader: Trader, section: str, options: Mapping[str, Any]) -> None:
    """A {section} that is configured with {options} MUST know them, or refuse to be made, and never pass them over."""
    told = await trader.configures(section, **options)

    passed_over = [] if "refused" in told else sorted(set(options) - set(told["kept"]))
    require(not passed_over, "an option that is known or refused", seen=f"{', '.join(passed_over)}: passed over")
