"""The sign-in addresses: what Entra ID answers, as far as Partner Center's clients need it; behaviour.md 9.

What stands in the documents, tokens and errors is decided in `identity`, without a database and without a server. The
modules here find tenant, application, user and key for one request, and answer.
"""

from __future__ import annotations

import logging
import re
from typing import Final
from urllib.parse import unquote

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.sign_in import (
    authorize,
    device,
    documents,
    generate_token,
    login,
    pages,
    token,
    userrealm,
)
from partnercenter.sandbox.sign_in.flow_forms import LOGIN_ADDRESS
from partnercenter.sandbox.sign_in.sign_in_call import Answer, SignInCall
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.faults import storage_fault
from partnercenter.sandbox.wire.fault import gateway_fault
from partnercenter.sandbox.wire.message import Request, Response

log = logging.getLogger(__name__)

_TENANT: Final = r"(?P<tenant>[A-Za-z0-9.{}-]{1,255})"


class SignIn:
    """The sandbox's identity provider over one sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, request: Request) -> Response | None:
        """The answer to a sign-in address, or None when the path is none."""
        path = re.sub(r"/{2,}", "/", unquote(request.path))
        for pattern, answers in _ROUTES:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            answer = answers.get(request.method)
            if answer is None:
                return gateway_fault(405, "Method not allowed", {"Allow": ", ".join(answers)}).response
            call = SignInCall(self._state, request, match.groupdict().get("tenant") or "common")
            response = _answered(answer, call)
            sent = request.headers.get("client-request-id")
            if sent and parse_guid(sent):
                response.headers["client-request-id"] = sent
            response.headers["x-ms-request-id"] = self._state.nature.ids.guid()
            return response
        return None


def _answered(answer: Answer, call: SignInCall) -> Response:
    try:
        call.state.catch_up()
        return answer(call)
    except Exception as error:
        stored = storage_fault(error)
        if stored is None:
            raise
        log.error("%s", stored)
        return gateway_fault(500, "Internal server error").response


def _route(path: str, **answers: Answer) -> tuple[re.Pattern[str], dict[str, Answer]]:
    pattern = path.replace(".", r"\.").replace("{tenant}", _TENANT)
    return re.compile(pattern, re.IGNORECASE), answers


_ROUTES: Final = (
    _route("/{tenant}/oauth2/token", POST=token.version_1),
    _route("/{tenant}/oauth2/v2.0/token", POST=token.version_2),
    _route("/{tenant}/oauth2/authorize", GET=authorize.version_1, POST=authorize.version_1),
    _route("/{tenant}/oauth2/v2.0/authorize", GET=authorize.version_2, POST=authorize.version_2),
    _route("/{tenant}/oauth2/devicecode", POST=device.version_1),
    _route("/{tenant}/oauth2/v2.0/devicecode", POST=device.version_2),
    _route(device.PAGE_ADDRESS, GET=device.code_page),
    _route("/common/oauth2/deviceauth", GET=device.code_page),
    _route(LOGIN_ADDRESS, POST=login.login),
    _route(pages.STYLE_ADDRESS, GET=pages.style),
    _route("/generatetoken", POST=generate_token.unversioned),
    _route("/v3/generatetoken", POST=generate_token.version_3),
    _route("/common/discovery/instance", GET=documents.instance),
    _route("/common/userrealm/[^/]{1,320}", GET=userrealm.userrealm),
    _route("/{tenant}/.well-known/openid-configuration", GET=documents.discovery_1),
    _route("/{tenant}/v2.0/.well-known/openid-configuration", GET=documents.discovery_2),
    _route("/{tenant}/discovery/keys", GET=documents.keys),
    _route("/{tenant}/discovery/v2.0/keys", GET=documents.keys),
)
