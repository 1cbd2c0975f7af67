"""The names that a formula may hold, as its parser takes them: units of signals, and phases."""

from hoverslam.harness.signals.phases import PHASES
from hoverslam.harness.signals.signals import SIGNALS
from hoverslam.harness.stl.parser import Vocabulary

VOCABULARY = Vocabulary({name: signal.unit for name, signal in SIGNALS.items()}, frozenset(PHASES))
