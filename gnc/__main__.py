"""python -m hoverslam.gnc: the reference flight software, started by the harness."""

import sys

from hoverslam.gnc.node import main

sys.exit(main())
