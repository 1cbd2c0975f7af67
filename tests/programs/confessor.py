"""The reference flight software, which says at the end what it has loaded: confessor.py FILE."""

import sys
from pathlib import Path

from hoverslam.gnc.node import main

status = main()
Path(sys.argv[1]).write_text("\n".join(sorted(sys.modules)), encoding="utf-8")
sys.exit(status)
