"""An order as another client of the account would send it: where to, and with which parameters."""

from conformance.binance.endpoint import Endpoint
from conformance.binance.order_types import VENUE_TYPE
from conformance.binance.usdm import PLACE, PLACE_ALGO
from conformance.subject.orders import OrderRequest


def parameters(request: OrderRequest) -> tuple[Endpoint, dict[str, str]]:
    """Return the endpoint that takes the order, and its parameters in the venue's words, without what is not set."""
    params = {
        "symbol": request.symbol,
        "side": request.side,
        "type": VENUE_TYPE[request.type],
        "quantity": "" if request.close_position else request.quantity,
        "reduceOnly": "" if request.close_position else str(request.reduce_only).lower(),
        "closePosition": "true" if request.close_position else "",
        "price": request.price,
        "priceMatch": request.price_match,
        "timeInForce": "GTX" if request.post_only else request.time_in_force,
        "goodTillDate": request.expire_time_ms and str(request.expire_time_ms),
    }
    if request.conditional:
        endpoint = PLACE_ALGO
        params |= {
            "algoType": "CONDITIONAL",
            "clientAlgoId": request.client_order_id,
            "triggerPrice": request.trigger_price,
            "activatePrice": request.activation_price,
            "callbackRate": request.callback_rate,
            "workingType": {"MARK_PRICE": "MARK_PRICE", "LAST_PRICE": "CONTRACT_PRICE"}.get(request.trigger_type or ""),
        }
    else:
        endpoint = PLACE
        params |= {"newClientOrderId": request.client_order_id, "newOrderRespType": "RESULT"}
    return endpoint, {name: str(value) for name, value in params.items() if value}
