"""Benchmarks: registered cases, each a ratio measured in alternation; `python -m benchmarks`."""
