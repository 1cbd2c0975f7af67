"""The old name of `python -m hoverslam.gnc`, for a release."""

import sys
import warnings

from hoverslam.gnc.node import main

warnings.warn("python -m gnc is python -m hoverslam.gnc now", DeprecationWarning, stacklevel=1)
sys.exit(main())
