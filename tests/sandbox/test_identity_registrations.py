"""What may be registered, by properties: what is taken is safe to redirect to, and can be signed in with."""

from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from partnercenter.sandbox.identity.redirect_uris import is_registered
from partnercenter.sandbox.identity.registrations import (
    password_mistake,
    principal_name_mistake,
    redirect_uri_mistake,
)

SCHEMES = (
    "http",
    "https",
    "HTTPS",
    "com.example.app",
    "msal1",
    "javascript",
    "data",
    "file",
    "ws",
    "urn",
    "",
)
HOSTS = ("localhost", "LOCALHOST", "127.0.0.1", "app.example", "[::1]", "localhost.evil.example", "a@b", "")
ENDS = st.text(st.sampled_from('a/?#*&=%:@\\ .~[]<"\r\n\u00e9'), max_size=8)
URIS = st.one_of(
    st.text(max_size=300),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(SCHEMES),
        st.sampled_from(("://", ":", "//")),
        st.sampled_from(HOSTS),
        ENDS,
    ),
)


@given(uri=URIS, public=st.booleans())
@example(uri="urn:ietf:wg:oauth:2.0:oob", public=True)
@example(uri="http://localhost:08400/", public=False)
def test_a_redirect_uri_that_is_taken_is_safe_and_can_be_used(uri: str, *, public: bool) -> None:
    """One address in plain ASCII, https or of this machine or of an app, with nothing that leads elsewhere."""
    mistake = redirect_uri_mistake(uri, public=public)
    if mistake is not None:
        assert mistake.startswith(("must ", "is for "))
        return
    parts = urlsplit(uri)
    assert uri.isascii()
    assert uri.isprintable()
    assert not set(uri) & set('#*\\"<> ')
    assert parts.scheme in {"https", "urn"} or parts.hostname in {"localhost", "127.0.0.1"} or public
    assert parts.scheme not in {"javascript", "data", "file", "ws", ""}
    assert "@" not in parts.netloc
    assert is_registered([uri], uri)
    assert redirect_uri_mistake(uri, public=True) is None


NAMES = st.text(st.sampled_from("aZ0.@-_' \u00e9+"), max_size=12)


@given(name=st.one_of(NAMES, NAMES.map(lambda text: f"{text}@people.example")))
def test_a_principal_name_that_is_taken_has_one_domain(name: str) -> None:
    """The partner's, in any case, behind a name without blanks."""
    if principal_name_mistake(name, "people.example") is None:
        local, _, domain = name.partition("@")
        assert domain.lower() == "people.example"
        assert local.strip(".") == local != ""
        assert name.isascii()


@given(password=st.text(max_size=300))
def test_a_password_is_never_shown(password: str) -> None:
    """Whatever is wrong with it."""
    mistake = password_mistake(password)
    assert (mistake is None) == (8 <= len(password) <= 256 and password.isprintable())
    assert mistake is None or len(password) < 8 or password not in mistake
