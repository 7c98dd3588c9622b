"""Measures antkey beside other scanners; run by `make bench`, never by the tests."""

import os
import sys

if os.name == "nt":
    sys.exit("make bench measures with wait4, which Windows has not; run it on Linux or macOS")
