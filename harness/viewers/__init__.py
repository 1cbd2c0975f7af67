"""What other people's viewers are given: published schemas, the stage in 3-D, a clock that they take, a layout."""
