"""The command line: parse, call one public function, print."""

from cellwise.cli._app import app, main

__all__ = ["app", "main"]
