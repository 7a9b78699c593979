"""A sweep in a process of its own, for tests that kill it: `sweep_driver.py URL TOKEN FOLDER PLAN [RUN]`.

Prints each event as a line of JSON, as soon as it happens.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from tests.cleanup.sweeping import QUICK, client_of

from partnercenter.cleanup.runner import resume, run
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.sweep_plan import Plan


async def main(url: str, token: str, folder: str, plan_file: str, run_id: str = "") -> None:
    """Run the plan, or go on with the run."""
    stop = Stop()
    signal.signal(signal.SIGINT, lambda *_: stop.ask())
    async with client_of(url, token) as client:
        if run_id:
            events = resume(run_id, client, folder=Path(folder), rules=QUICK, stop=stop)
        else:
            plan = Plan.from_json(json.loads(Path(plan_file).read_text()))
            events = run(plan, client, folder=Path(folder), rules=QUICK, stop=stop)
        async for event in events:
            print(json.dumps(event.to_json()), flush=True)  # noqa: T201 - that is what it is for


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
