"""An application as msal has it, over our HTTP; and what msal says of answers that it does not understand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.exceptions import AzureError, ClientAuthenticationError

from partnercenter.identity.token_http import TokenHttp


def msal_application(
    authority_url: str, client_id: str, proof: str | dict[str, str] | None, http: TokenHttp
) -> Any:
    """The application, whose making asks for the discovery document.

    `proof` is its secret, or its certificate as `client_certificate` has it; None is a public application. Raises
    azure-core's exceptions.
    """
    import msal

    kind = msal.PublicClientApplication if proof is None else msal.ConfidentialClientApplication
    with understood():
        return kind(
            client_id,
            client_credential=proof,
            authority=authority_url,
            instance_discovery=False,
            http_client=http,
        )


@contextmanager
def understood() -> Iterator[None]:
    """A block in which msal reads answers; raises `ClientAuthenticationError` for what cannot be used.

    msal raises whatever json, base64 and dict raise for what it does not understand, and its words quote what it has
    compared, such as the nonce.
    """
    try:
        yield
    except AzureError:
        raise
    except Exception as error:
        raise ClientAuthenticationError(
            message=f"The sign-in answered with something that cannot be used ({type(error).__name__})."
        ) from None
