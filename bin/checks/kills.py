#!/usr/bin/env python
"""Kills the daily run three times at moments that are always the same, and resumes it.

The long version, with other moments each time, is `make test-crash`.
"""

import sys

import test_crash

if __name__ == "__main__":
    # Chance has no place in a check that others wait for.
    sys.exit(test_crash.main("--short", "--seed", "1"))
