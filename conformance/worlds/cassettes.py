"""Session cassettes as a world: what a venue once answered, with nothing behind it."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, override

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.binance.account import Account, private_pem
from conformance.gateway.cassette.replay import Replay
from conformance.gateway.cassette.session_file import Origin
from conformance.worlds.names import KeyType
from conformance.worlds.world import World, WorldError

# They open nothing: the gateway verifies the trader's signatures with the same values.
_KEY, _SECRET = "cassette-key", "cassette-secret"


class CassetteWorld(World):
    """Replays the case's own cassette from a folder."""

    name: ClassVar[str] = "cassettes"

    def __init__(self, folder: Path, key_type: KeyType = "hmac") -> None:
        """`key_type` is that of the key which the trader signs with; a cassette holds no signature of either."""
        self._folder = folder
        self._replay: Replay | None = None
        if key_type == "ed25519":
            self._secret = private_pem(Ed25519PrivateKey.generate())
            self.account = Account(_KEY, private_key=self._secret)
        else:
            self._secret = _SECRET
            self.account = Account(_KEY, secret=_SECRET)

    @property
    @override
    def upstream(self) -> None:
        return None

    @property
    @override
    def replay(self) -> Replay:
        assert self._replay is not None, "the world is not open"
        return self._replay

    @property
    @override
    def origin(self) -> Origin:
        return self.replay.header.world

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return {"BINANCE_API_KEY": _KEY, "BINANCE_API_SECRET": self._secret}

    @override
    async def open(self, case_id: str) -> None:
        path = self._folder / f"{case_id}.yaml"
        if not path.is_file():
            raise WorldError(
                f"{path}: there is no cassette of this case; record it: conformance record --case {case_id}"
            )
        self._replay = Replay(path, case_id)

    @override
    async def close(self) -> None:
        """Nothing was opened."""
