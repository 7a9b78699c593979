"""The `partnercenter` command; `python -m partnercenter` is the same.

The version is answered before anything else is imported: scripts and editors ask for it often.
"""

import gc
import os
import sys

from partnercenter._version import __version__

# A command makes objects, most of them by importing, and ends. Looking for cycles among them after every 700, as
# Python does, and once more at the end, is a fifth of what a short command costs.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> int:
    """Run the command with the process's arguments and return its exit status."""
    _open_closed_streams()
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        return _tell_version()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    from partnercenter.cli.app import run

    try:
        return run(arguments)
    finally:
        gc.freeze()


def _tell_version() -> int:
    try:
        sys.stdout.write(f"partnercenter {__version__}\n")
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"partnercenter: {error.strerror}.\n")
            return 1
    return 0


def _open_closed_streams() -> None:
    """Make the null device of each standard stream that was closed, as git does.

    No file or connection then gets the number of a stream and is written to in its place.
    """
    descriptor = 0
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            stream = os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    sys.exit(main())
