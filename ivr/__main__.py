"""`python -m ivr` is `nightline`."""

from ivr.cli import main

main()
