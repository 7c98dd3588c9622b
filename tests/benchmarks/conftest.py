"""Makes the benchmark package importable, which no installation holds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

collect_ignore_glob = ["test_*.py"] if os.name == "nt" else []
