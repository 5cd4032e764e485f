"""The loopback server between trader and world: relay, history, faults, record, replay."""
