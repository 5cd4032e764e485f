"""The money room: wallets, positions, margin, funding, liquidation. It knows no order book and no HTTP."""
