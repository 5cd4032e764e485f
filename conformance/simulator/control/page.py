"""The control over HTTP, for a simulator running alone: `/_control`, answered on loopback only.

`GET /_control` lists the acts. `POST /_control/<act>` with a JSON object of its arguments (or `{"args": […]}`) does
one; `GET /_control/<act>?name=value` suits those that only look. Numbers are strings, as everywhere.
"""

import inspect
import ipaddress
import json
from decimal import Decimal
from typing import Any

from aiohttp import web

from conformance.simulator.control.acts import ControlError
from conformance.simulator.control.protocol import Controls
from conformance.simulator.errors import Refusal

NOT_SERVED = ("observe",)
"""What takes a function of the caller's own process."""
LARGEST_BODY = 1024 * 1024


def acts() -> dict[str, str]:
    """Return every act that is served by name, with the first line of its description."""
    return {
        name: (inspect.getdoc(member) or "").partition("\n")[0]
        for name, member in vars(Controls).items()
        if not name.startswith("_") and name not in NOT_SERVED
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _answer(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(body, default=_plain).encode(), content_type="application/json")


def _is_loopback(remote: str | None) -> bool:
    try:
        return remote is not None and ipaddress.ip_address(remote).is_loopback
    except ValueError:
        return False


class ControlPage:
    """Serves the acts of `Controls`; no other attribute of the control can be reached by name."""

    def __init__(self, control: Controls) -> None:
        self._control = control

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request under /_control."""
        if not _is_loopback(request.remote):
            return _answer({"error": "the control is answered on loopback only"}, 403)
        name = request.path.removeprefix("/_control").strip("/")
        known = acts()
        if not name:
            return _answer(known)
        if name not in known:
            return _answer({"error": f"no act {name!r}; GET /_control lists them"}, 404)
        try:
            args, kwargs = await self._arguments(request)
            member = getattr(self._control, name)
            result = member(*args, **kwargs) if callable(member) else member
        except Refusal as refusal:
            return _answer({"error": str(refusal), "refusal": refusal.body()}, 409)
        except (ControlError, TypeError, ValueError, KeyError) as error:
            return _answer({"error": f"{name}: {error}"}, 400)
        return _answer({"result": result})

    @staticmethod
    async def _arguments(request: web.BaseRequest) -> tuple[list[Any], dict[str, Any]]:
        if request.method == "GET":
            return [], dict(request.query.items())
        if request.content_length is not None and request.content_length > LARGEST_BODY:
            raise ControlError(f"a body of at most {LARGEST_BODY} bytes is read")
        raw = await request.text() if request.can_read_body else ""
        if not raw:
            return [], {}
        try:
            body = json.loads(raw, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise ControlError(f"expected a JSON object of arguments ({error})") from error
        if not isinstance(body, dict):
            raise ControlError("expected a JSON object of arguments")
        args = body.pop("args", [])
        return (args if isinstance(args, list) else [args]), body
