"""Make the synchronous client out of the asynchronous one, token by token.

`client/aio` is the source; every file of it has a generated twin in `client/sync`. Comments, strings and layout
stay, names are replaced, `async` and `await` go. With `--check` nothing is written, and a twin that would change
ends it with status 1.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

CLIENT = Path(__file__).parent.parent / "src" / "partnercenter" / "client"
HEADER = "# Generated from {source} by tools/generate_sync.py; do not edit.\n"

NAMES = {
    "AsyncHttpResponse": "HttpResponse",
    "AsyncHttpTransport": "HttpTransport",
    "AsyncHttpx2Transport": "Httpx2Transport",
    "AsyncItemPaged": "ItemPaged",
    "AsyncLROPoller": "LROPoller",
    "AsyncList": "list",
    "AsyncPageIterator": "PageIterator",
    "AsyncPipeline": "Pipeline",
    "AsyncPollingMethod": "PollingMethod",
    "AsyncRead": "Read",
    "AsyncRequestRetryPolicy": "RequestRetryPolicy",
    "AsyncSender": "Sender",
    "AsyncTokenCredential": "TokenCredential",
    "AsyncTokenPolicy": "TokenPolicy",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aio": "sync",
    "async_paging": "paging",
    "credentials_async": "credentials",
}
TEXTS = {
    "asynchronous": "synchronous",
    "async with PartnerCenterClient": "with PartnerCenterClient",
    "await client": "client",
    ": the source from which `client.sync` is generated": "",
}


def to_sync(source: str) -> str:
    """The synchronous twin of a module's text."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    return _tidy(tokenize.untokenize(_converted(tokens)))


def _converted(tokens: list[tokenize.TokenInfo]) -> list[tokenize.TokenInfo]:
    dropped = {"async", "await"}
    result: list[tokenize.TokenInfo] = []
    shift: dict[int, int] = {}
    for token in tokens:
        row, column = token.start
        moved = shift.get(row, 0)
        if token.type == tokenize.NAME and token.string in dropped:
            shift[row] = moved - len(token.string) - 1
            continue
        text = _text(token)
        start = (row, column + moved)
        if token.start[0] == token.end[0]:
            shift[row] = moved + len(text) - len(token.string)
            end = (row, start[1] + len(text))
        else:
            end = token.end
        result.append(token._replace(string=text, start=start, end=end))
    return result


def _text(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return NAMES.get(token.string, token.string)
    if token.type == tokenize.STRING:
        text = token.string
        for old, new in TEXTS.items():
            text = text.replace(old, new)
        return text
    return token.string


def _tidy(text: str) -> str:
    # What was a class of azure-core is a builtin now, and needs no import.
    return text.replace("import ItemPaged, list, PageIterator", "import ItemPaged, PageIterator")


def formatted(text: str, name: str) -> str:
    """The text as ruff would leave it."""
    for command in (
        ["check", "--fix", "--unsafe-fixes", "--select", "I,C410", "--quiet"],
        ["format", "--quiet"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", name, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        text = done.stdout
    return text


def twins() -> Iterator[tuple[Path, str]]:
    """Each generated file with the text it must have."""
    for source in sorted((CLIENT / "aio").glob("*.py")):
        target = CLIENT / "sync" / source.name
        shown = source.relative_to(CLIENT.parent.parent.parent).as_posix()
        text = HEADER.format(source=shown) + to_sync(source.read_text(encoding="utf-8"))
        yield target, formatted(text, str(target))


def main() -> int:
    """Write the twins, or with `--check` compare them."""
    parser = argparse.ArgumentParser(description="Make the synchronous client out of the asynchronous one.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a file is out of date")
    check = parser.parse_args().check
    (CLIENT / "sync").mkdir(exist_ok=True)
    made = dict(twins())
    stale = [
        path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    stale += [path for path in (CLIENT / "sync").glob("*.py") if path not in made]
    if check and stale:
        print(f"out of date: {', '.join(path.name for path in stale)}; run make generate")
        return 1
    for path in stale:
        if path in made:
            path.write_text(made[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
