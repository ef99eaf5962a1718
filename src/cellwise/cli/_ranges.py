"""`cellwise ranges`."""

import typer


def ranges() -> None:
    """Print what --tune tries, as a TOML file to be changed and given with --ranges."""
    from cellwise.search import default_ranges

    typer.echo(default_ranges(), nl=False)
