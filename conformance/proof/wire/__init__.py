"""Wire mutants: a faulty adapter between the trader and the gateway, whatever language that adapter is in."""
