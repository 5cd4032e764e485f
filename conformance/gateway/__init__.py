"""The loopback server between trader and world: relay, history, faults, record, replay.

`server.Gateway` is the entrance, `upstream.Upstream` says where to, `account.Account` whose signatures are checked,
`faults.Faults` what goes wrong on purpose, `recorder.Recorder` and `replay.Replay` write and read a session cassette,
and `history.History` is what happened. They are imported from their modules: vcrpy alone takes a second to import,
and a reader of stored histories does not need it.
"""
