"""`partnercenter sweep`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="sweep",
    help="Clean up a sandbox: plan, look, apply, resume.",
    commands_at={
        "plan": ("partnercenter.cli.sweep_plan", "Show what would be done, and change nothing."),
        "apply": ("partnercenter.cli.sweep_apply", "Do what a plan says."),
        "resume": ("partnercenter.cli.sweep_resume", "Go on with a run that was interrupted."),
        "runs": ("partnercenter.cli.sweep_runs", "List what was run, with its outcome."),
        "rehearse": ("partnercenter.cli.sweep_rehearse", "Apply a plan to a throw-away sandbox."),
        "seal": ("partnercenter.cli.sweep_seal", "Agree to a plan that was edited."),
    },
)
