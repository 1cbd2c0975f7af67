"""Flight programs that behave badly, each in one way, for the tests of the supervisor and the session."""
