"""Where a user signs in: here, never at a federated server; client-quirks.md 2."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.partners import find_partner_by_domain
from partnercenter.sandbox.wire.message import Response, json_response


def userrealm(call: SignInCall) -> Response:
    """`GET /common/userrealm/{user principal name}`: managed when a partner has the domain, otherwise unknown."""
    name = unquote(call.request.path).rstrip("/").rpartition("/")[2]
    domain = name.rpartition("@")[2].lower()
    known = call.state.database.read(lambda connection: find_partner_by_domain(connection, domain))
    realm = {
        "ver": "1.0",
        "account_type": "Unknown" if known is None else "Managed",
        "domain_name": domain,
        "cloud_instance_name": urlsplit(call.request.origin).netloc,
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    }
    return json_response(200, realm)
