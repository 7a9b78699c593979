"""The `partnercenter` command; `python -m partnercenter` is the same.

The version is answered before anything else is imported: scripts and editors ask for it often.
"""

import sys

from partnercenter._version import __version__


def main() -> int:
    """Run the command with the process's arguments and return its exit status."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"partnercenter {__version__}\n")
        return 0
    from partnercenter.cli.app import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
