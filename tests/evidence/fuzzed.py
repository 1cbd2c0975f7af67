"""One target of the coverage-guided fuzzer in a process of its own: python -m tests.evidence.fuzzed TARGET CORPUS.

With `--runs`, atheris feeds it so many inputs (libFuzzer ends the process); without, the inputs that were kept are fed
once more, and the lines that they reach are printed as JSON, with how many there are.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.evidence.fuzz_targets import TARGETS, Target
from tests.evidence.fuzz_wire import Feed

TIMEOUT_S, RSS_MB = 60, 1024
"""Of one input, by the wall clock (a machine may be busy), and of the process with its corpus: a hang, or a leak."""


def fuzz(target: Target, corpus: Path, runs: int, seed: int, kept: Path) -> None:
    """Does not return: libFuzzer ends the process, with a status other than 0 where an input was bad."""
    import atheris

    for module in target.plain:
        importlib.import_module(module)
    with atheris.instrument_imports(include=["hoverslam", "tomllib"]):
        feed = target.feed()
    options = [
        f"-runs={runs}", f"-seed={seed}", f"-max_len={target.longest}", f"-timeout={TIMEOUT_S}",
        f"-rss_limit_mb={RSS_MB}", "-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={kept}/", str(corpus),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], feed)
    atheris.Fuzz()


def lines_of(module: str) -> tuple[str, set[int]]:
    """The file of a module, and the lines of its functions, which loading alone does not run."""
    loaded: Any = importlib.import_module(module)
    whole = compile(Path(loaded.__file__).read_text(encoding="utf-8"), loaded.__file__, "exec")
    found = {line for code in _inner(whole) for _, _, line in code.co_lines() if line and line > code.co_firstlineno}
    return loaded.__file__, found


def _inner(code: CodeType) -> Iterator[CodeType]:
    """Code of functions in it, at any depth; of classes only what is in their functions."""
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if const.co_flags & 0x2:  # CO_NEWLOCALS: a function
                yield const
            yield from _inner(const)


def reached(target: Target, corpus: Path) -> dict[str, tuple[int, int]]:
    """Of each module of a target: lines of functions that the kept inputs reach, and how many there are."""
    feed = target.feed()
    wanted = {name: lines_of(name) for name in target.modules}
    seen = {file: set[int]() for file, _ in wanted.values()}
    _traced(feed, sorted(corpus.iterdir()), seen)
    return {name: (len(seen[file] & lines), len(lines)) for name, (file, lines) in wanted.items()}


def _traced(feed: Feed, inputs: list[Path], seen: dict[str, set[int]]) -> None:
    def inside(frame: FrameType, _event: str, _: Any) -> Any:
        seen[frame.f_code.co_filename].add(frame.f_lineno)
        return inside

    def entered(frame: FrameType, _event: str, _: Any) -> Any:
        return inside if frame.f_code.co_filename in seen else None

    sys.settrace(entered)
    try:
        for one in inputs:
            feed(one.read_bytes())
    finally:
        sys.settrace(None)


def main() -> None:
    """Fuzz, or tell what is reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence.fuzzed", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=Path())
    given = parser.parse_args()
    target = TARGETS[given.target]
    if given.runs:
        fuzz(target, given.corpus, given.runs, given.seed, given.kept)
    sys.stdout.write(json.dumps(reached(target, given.corpus)) + "\n")


if __name__ == "__main__":
    main()
