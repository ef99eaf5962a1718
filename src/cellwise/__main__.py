"""`python -m cellwise`."""

from cellwise.cli import main

main()
