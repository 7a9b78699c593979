"""Rules of the sandbox that depend on nothing but their input: plain functions over plain data."""
