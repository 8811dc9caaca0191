"""`python -m sheetsync`."""

from sheetsync.cli.main import main

main()
