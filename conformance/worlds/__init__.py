"""Who answers the trader: the simulator, a session cassette, or the testnet."""
