"""The simulator judged by independent clients: Binance's own SDK and ccxt.

    tox run -e clients

They share no code with NautilusTrader or with the simulator. Their packages are in an environment of their own, so the
suite's own tests leave this folder out (`conftest.py`). `payloads/` holds what the simulator sends against the SDK's
models, in a process where the SDK's client never runs; `behaviour/` lets the clients trade.
"""
