"""The matching core: price-time priority over other traders' liquidity and the account's resting orders.

It knows sides, prices, quantities and who stands where in the queue. It knows no account, no event and no HTTP.
"""
