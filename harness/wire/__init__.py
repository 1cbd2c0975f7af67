"""Version 1 of the contract between harness and flight software: messages, codec, link. See docs/wire.md.

Imports nothing, so that a flight program pays only for `harness.wire.link`.
"""
