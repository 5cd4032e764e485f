"""Signatures, keys and timestamps: section 3 of the reference, with its golden vectors."""

import base64
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from conformance.simulator import ApiKey, Credentials
from conformance.simulator.authentication import sorted_payload, unsigned
from tests.simulator.venue_client import ORDER, VenueClient, sign

DOCS_SECRET = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
QUERY = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943"
)
QUERY_PART = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
BODY_PART = "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943"


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        (QUERY, "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"),
        (QUERY_PART + BODY_PART, "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"),
    ],
)
def test_documented_hmac_vectors_hold(payload: str, signature: str) -> None:
    """The documented vectors verify, in either case of hex; the docs' misprinted one does not."""
    key = ApiKey("k", "hmac", secret=DOCS_SECRET)

    assert key.verifies(payload.encode(), signature)
    assert key.verifies(payload.encode(), signature.upper())
    assert not key.verifies(payload.encode() + b" ", signature)
    assert not key.verifies(payload.encode(), "f9d0ae5e813ef6ccf15c2b5a434047a0181cb5a342b903b367ca6d27a66e36f2")


def test_query_and_body_are_joined_without_a_separator() -> None:
    """What is signed is query and body back to back, each without its signature, otherwise as it was sent."""
    assert unsigned(QUERY_PART) + unsigned(f"{BODY_PART}&signature=abc") == QUERY_PART + BODY_PART
    assert unsigned("a=%2C%20x&signature=q") == "a=%2C%20x"


def test_ws_parameters_are_sorted_before_signing() -> None:
    """A WS API request signs its parameters sorted by name, without the signature."""
    assert (
        sorted_payload({"symbol": "B", "apiKey": "k", "signature": "s", "price": "1"}) == b"apiKey=k&price=1&symbol=B"
    )


def test_ed25519_signs_requests() -> None:
    """The default Ed25519 pair signs requests; another pair's signature is refused."""
    client = VenueClient()
    pem = client.simulator.credentials.ed25519_private_pem
    pair = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(pair, ed25519.Ed25519PrivateKey)
    query = f"timestamp={client.control.now_ms()}"
    good = quote(base64.b64encode(pair.sign(query.encode())), safe="")
    bad = quote(base64.b64encode(ed25519.Ed25519PrivateKey.generate().sign(query.encode())), safe="")

    path, key = "/fapi/v2/balance", "simulator-ed25519-key"
    assert client.raw("GET", path, f"{query}&signature={good}", key=key).status == 200
    assert client.raw("GET", path, f"{query}&signature={bad}", key=key).body["code"] == -1022


def test_rsa_signs_requests() -> None:
    """An RSA key (PKCS#1 v1.5, SHA-256, base64) signs requests."""
    pair = rsa.generate_private_key(65537, 2048)
    credentials = Credentials()
    public = pair.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    credentials.add_public("rsa-key", public)
    client = VenueClient(credentials=credentials)
    query = f"timestamp={client.control.now_ms()}"
    signature = quote(base64.b64encode(pair.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())), safe="")

    assert client.raw("GET", "/fapi/v2/balance", f"{query}&signature={signature}", key="rsa-key").status == 200


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [(None, 401, -2014), ("", 401, -2014), ("bad key!", 401, -2014), ("unknown", 401, -2015)],
)
def test_bad_api_keys_are_refused(client: VenueClient, key: str | None, status: int, code: int) -> None:
    """A missing or malformed key is -2014, an unknown one -2015, both with 401."""
    answer = client.raw("GET", "/fapi/v2/balance", client.signed_query(), key=key)

    assert (answer.status, answer.body["code"]) == (status, code)


def test_missing_timestamp_or_signature_is_malformed(client: VenueClient) -> None:
    """Without timestamp or signature a signed request is -1102."""
    now_ms = client.control.now_ms()

    assert client.raw("GET", "/fapi/v2/balance", "").body["code"] == -1102
    assert client.raw("GET", "/fapi/v2/balance", f"timestamp={now_ms}").body["code"] == -1102
    assert client.raw("GET", "/fapi/v2/balance", f"timestamp=x&signature={sign('timestamp=x')}").body["code"] == -1102


@pytest.mark.parametrize(
    ("skew_ms", "window", "code"),
    [(-4_900, None, None), (-5_100, None, -1021), (-5_100, 10_000, None), (900, None, None), (1_500, None, -1021)],
)
def test_timestamps_must_lie_in_the_window(
    client: VenueClient, skew_ms: int, window: int | None, code: int | None
) -> None:
    """A timestamp is taken iff it is less than 1 s ahead and at most recvWindow behind."""
    timestamp = client.control.now_ms() + skew_ms
    answer = client.answer("GET", "/fapi/v2/balance", timestamp=timestamp, recvWindow=window)

    assert answer.body["code"] == code if code else answer.status == 200


def test_the_raw_query_is_what_is_verified(client: VenueClient) -> None:
    """A signature over percent-encoded text holds although the decoded parameters differ from it."""
    query = f"symbol=BTCUSDT&origClientOrderIdList=%5B%22a%2Fb%22%5D&timestamp={client.control.now_ms()}"
    answer = client.raw("DELETE", "/fapi/v1/batchOrders", f"{query}&signature={sign(query)}")

    assert answer.body == [{"code": -2011, "msg": "Unknown order sent."}]


def test_parameters_may_come_in_query_and_body(client: VenueClient) -> None:
    """Query and form body are read together; a name in both is taken from the query."""
    query = "symbol=BTCUSDT&side=BUY&type=MARKET"
    body = f"quantity=0.010&symbol=ETHUSDT&timestamp={client.control.now_ms()}"
    answer = client.raw("POST", ORDER, query, f"{body}&signature={sign(query + body)}")

    assert answer.body["symbol"] == "BTCUSDT"


def test_no_secret_is_in_a_representation() -> None:
    """Neither a key's secret nor a full key name appears in a repr."""
    credentials = Credentials()
    credentials.add_hmac("a-long-api-key", "a-long-secret")

    assert "a-long-secret" not in repr(credentials) + repr(credentials.find("a-long-api-key"))
    assert "a-long-api-key" not in repr(credentials)
