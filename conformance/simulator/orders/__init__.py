"""The order room: what an order is, how one enters, changes and ends. It knows books and accounts, but no HTTP."""
