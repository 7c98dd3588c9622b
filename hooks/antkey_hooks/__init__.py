"""Where the outside world hooks in: the command line, and later CI, pytest and HTTP."""
