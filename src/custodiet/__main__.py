"""``python -m custodiet``: the same as the command."""

from custodiet.cli import main

main()
