"""Signs somebody in on the sandbox's pages as a script does, without a browser: docs/sign-in-pages.md tells how."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

from partnercenter.contract import development_partner

USER, PASSWORD = development_partner.USER_PRINCIPAL_NAME, development_partner.USER_PASSWORD


def sign_in_at(
    url: str, user: str = USER, password: str = PASSWORD, *, approve: bool = True, verify: Any = True
) -> str:
    """Sign in at an authorization address; returns the address that the browser is sent to in the end.

    `approve` answers the second factor, if there is one. Raises `AssertionError` with the text of a page that does
    not lead on, such as that of a wrong password.
    """
    with httpx2.Client(timeout=30, trust_env=False, verify=verify) as browser:
        answer = browser.get(url)
        if answer.is_redirect:
            return answer.headers["Location"]
        answer = send_form(browser, answer, username=user, password=password)
        if not answer.is_redirect and 'value="deny"' in answer.text:
            answer = send_form(browser, answer, answer="approve" if approve else "deny")
        assert answer.is_redirect, text_of(answer)
        return answer.headers["Location"]


def enter_device_code(
    url: str,
    user_code: str,
    user: str = USER,
    password: str = PASSWORD,
    *,
    approve: bool = True,
    verify: Any = True,
) -> str:
    """Type a device's code on the page at `url`, sign in, approve or decline; returns the text of the last page."""
    with httpx2.Client(timeout=30, trust_env=False, verify=verify) as browser:
        answer = send_form(browser, browser.get(url), user_code=user_code)
        answer = send_form(browser, answer, username=user, password=password)
        if 'value="deny"' in answer.text:
            answer = send_form(browser, answer, answer="approve")
        answer = send_form(browser, answer, answer="approve" if approve else "decline")
        assert answer.status_code == 200, text_of(answer)
        return text_of(answer)


def send_form(browser: httpx2.Client, page: httpx2.Response, **fields: str) -> httpx2.Response:
    """Fill the form of a page and send it; the hidden field `flow` goes along."""
    assert 'name="flow"' in page.text, text_of(page)
    return browser.post(urljoin(str(page.url), "/common/login"), data={"flow": flow_of(page), **fields})


def flow_of(page: httpx2.Response) -> str:
    """The hidden field of a page's form."""
    found = re.search(r'name="flow" value="([^"]*)"', page.text)
    assert found is not None, text_of(page)
    return unescape(found[1])


def text_of(page: httpx2.Response) -> str:
    """What somebody reads on a page."""
    body = re.sub(r"(?s)<head>.*?</head>|<script>.*?</script>|<[^>]+>", " ", page.text)
    return " ".join(unescape(body).split())


def parameters_of(address: str) -> dict[str, str]:
    """What an address carries back to an application, in its query or its fragment."""
    parts = urlsplit(address)
    return dict(parse_qsl(parts.fragment or parts.query, keep_blank_values=True))
