"""python -m hoverslam: the command line, where its script is not on the path."""

from hoverslam.harness.cli import main

main()
