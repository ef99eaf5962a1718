"""The command line: parse, call one public function, print."""

from cellwise.cli._app import main, make_app

__all__ = ["main", "make_app"]
