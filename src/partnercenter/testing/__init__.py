"""A sandbox inside the test that uses it: no process, no socket, apart from every other one, made in milliseconds.

    from partnercenter.testing import LocalSandbox

    with LocalSandbox("one-of-each") as sandbox:
        client = sandbox.client()
        client.customers.by_id(customer_id).delete()

The client is the real one and the service is the one that `partnercenter sandbox serve` runs. It needs the extra
`partnercenter[sandbox]`.
"""

from __future__ import annotations

try:
    from partnercenter.sandbox.errors import SandboxError
    from partnercenter.testing.local_sandbox import ENDPOINT, LocalSandbox
    from partnercenter.testing.orders import ClientOptions, FaultOrder, RequestFilter, TokenOrder
    from partnercenter.testing.requests import SeenRequest
except ModuleNotFoundError as error:
    if (error.name or "").startswith("partnercenter"):
        raise
    raise ImportError(
        f"partnercenter.testing needs {error.name}; install it: pip install 'partnercenter[sandbox]'."
    ) from error

__all__ = [
    "ENDPOINT",
    "ClientOptions",
    "FaultOrder",
    "LocalSandbox",
    "RequestFilter",
    "SandboxError",
    "SeenRequest",
    "TokenOrder",
]
