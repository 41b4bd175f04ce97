"""`python -m newsdesk` is `newsdesk`."""

from newsdesk.cli import main

main()
