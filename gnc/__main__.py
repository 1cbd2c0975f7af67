"""python -m gnc: the reference flight software, started by the harness."""

import sys

from gnc.node import main

sys.exit(main())
