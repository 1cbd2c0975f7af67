"""What a CI server reads of flights: JUnit XML as pytest writes it, a suite a flight and a case a requirement.

The file is there from the start, as an error that says the flight did not come to its end, and is replaced as a whole
when it does, after the verdict was told: whatever dies on the way, a server never reads half a file, nor an old one.
"""

import platform
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from hoverslam.harness.errors import UsageError
from hoverslam.harness.files import JUNIT, Output
from hoverslam.harness.fly.expected import NOT_FLOWN
from hoverslam.harness.wire.conformance.verdicts import DOES_NOT_APPLY, FAILED, NOT_EVALUATED, CheckResult

if TYPE_CHECKING:
    from hoverslam.harness.fly.summary import RequirementSummary, Summary
    from hoverslam.harness.statistics.compare import Comparison
    from hoverslam.harness.statistics.gate import Gate

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even escaped; a flight program may print anything."""
FLIGHT = "flight"
TALLIES = {"failures": "failure", "errors": "error", "skipped": "skipped"}


@contextmanager
def junit_report(path: Path | None, about: str) -> Iterator[list[Element]]:
    """A list for the suites of the file; without a path they go nowhere. Raises UsageError where it cannot be."""
    suites: list[Element] = []
    if path is None:
        yield suites
        return
    output = Output("--junit", path, JUNIT)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output.failed(error) from None
    output.tried().write(_text_of([_broken(about, "unfinished", "did not end")]))
    try:
        yield suites
    except BaseException as error:
        with suppress(UsageError):  # a full disk, say; the error itself is what is told
            output.write(_text_of([*suites, _broken(about, type(error).__name__, str(error) or "interrupted")]))
        raise
    output.write_or_tell(_text_of(suites))


def _text_of(suites: Sequence[Element]) -> bytes:
    """The whole file."""
    root = Element("testsuites", name="hoverslam")
    root.extend(suites)
    for key in ("tests", *TALLIES):
        root.set(key, str(sum(int(one.get(key, "0")) for one in suites)))
    root.set("time", f"{sum(float(one.get('time', '0')) for one in suites):.3f}")
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def suite(summary: "Summary", *, held: bool) -> Element:
    """A flight. With `held`, a requirement that fails as expected is no failure, and one that does not is one."""
    cases = [_flight(summary, held=held), *(_requirement(one, summary, held=held) for one in summary.requirements)]
    return _suite(summary.scenario, cases, summary.wall_s)


def _suite(name: str, cases: Sequence[Element], wall_s: float) -> Element:
    tallies = {key: str(sum(case.find(tag) is not None for case in cases)) for key, tag in TALLIES.items()}
    written = time.strftime("%Y-%m-%dT%H:%M:%S")
    element = Element("testsuite", {"name": _text(name), "tests": str(len(cases)), **tallies})
    element.attrib |= {"time": f"{wall_s:.3f}", "timestamp": written, "hostname": platform.node()}
    element.extend(cases)
    return element


def _broken(about: str, kind: str, why: str) -> Element:
    """A flight without a summary."""
    case = _case(about, FLIGHT)
    _add(case, "error", why, kind)
    return _suite(about, [case], 0.0)


def _case(suite_name: str, name: str, wall_s: float = 0.0) -> Element:
    return Element("testcase", classname=_text(suite_name), name=_text(name), time=f"{wall_s:.3f}")


def _add(case: Element, tag: str, message: str, kind: str = "", text: str = "") -> None:
    found = SubElement(case, tag, message=_text(message))
    if kind:
        found.set("type", kind)
    found.text = _text(text) or None


def _said(case: Element, text: str) -> None:
    SubElement(case, "system-out").text = _text(text)


def _text(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)


def _flight(summary: "Summary", *, held: bool) -> Element:
    """The result of the flight as a whole."""
    case = _case(summary.scenario, FLIGHT, summary.wall_s)
    failed = any(one.status == "fail" for one in summary.requirements)
    lost = summary.gnc_failure
    if summary.verdict in NOT_FLOWN:
        _add(case, "error", summary.explanation, summary.verdict, lost.stderr_tail if lost is not None else "")
    elif held and summary.expected is not None:
        if not summary.expected.met:
            _add(case, "failure", "; ".join(summary.expected.differences), "not as expected", summary.explanation)
    elif summary.verdict == "FAIL" and not failed:
        _add(case, "failure", summary.explanation, summary.verdict)
    folder = f"\nrun folder {summary.run_folder}" if summary.run_folder else ""
    _said(case, f"{summary.verdict}: {summary.explanation}\nseed {summary.seed}, hash {summary.hash}{folder}")
    return case


def _requirement(one: "RequirementSummary", summary: "Summary", *, held: bool) -> Element:
    """A requirement that passes is a test case without text."""
    case = _case(summary.scenario, f"{one.id} {one.title}")
    if one.status == "not_evaluated":
        _add(case, "skipped", one.reason)
    elif one.status == "fail" and held and _is_written(one.id, summary):
        _said(case, f"fails, as expected by the scenario: {measured(one)}")
    elif one.status == "fail":
        _add(case, "failure", measured(one), "requirement", one.reason)
    elif one.status == "advisory":
        _said(case, f"advisory, does not affect the verdict: {measured(one)}")
    return case


def _is_written(name: str, summary: "Summary") -> bool:
    written = summary.expected
    return written is not None and written.verdict == "fail" and (written.fails is None or name in written.fails)


def measured(one: "RequirementSummary") -> str:
    """Value, limit, margin and when, in the unit of the requirement."""
    unit = f" {one.unit}" if one.unit else ""
    limit = "" if one.limit is None else f", limit {one.comparison} {one.limit:g}{unit}"
    value = one.reason if one.value is None else f"{one.clause}: {one.value:.4g}{unit}{limit}"
    margin = "" if one.margin is None else f", margin {one.margin:+.4g}{unit}"
    return f"{value}{margin}{'' if one.time_s is None else f', at {one.time_s:.2f} s'}"


def compared_suite(
    comparison: "Comparison", gate: "Gate", differences: Sequence[str] = (), *, strict: bool
) -> Element:  # fmt: skip
    """A comparison of two builds: what they differ in, then a case a measure, failed where B is worse, or with
    `strict` not shown to be none.
    """
    from hoverslam.harness.statistics.sentence import measure_line, not_counted, sentence

    about = _case("compare", "differences of inputs")
    _said(about, "\n".join([*differences, *not_counted(comparison)]))
    cases = [about]
    for measure in comparison.measures:
        case = _case("compare", measure.name)
        if measure.verdict == "worse" or (strict and measure.verdict == "undecided"):
            _add(case, "failure", sentence(comparison, gate), measure.verdict, measure_line(measure).strip())
        else:
            _said(case, measure_line(measure).strip())
        cases.append(case)
    return _suite("compare", cases, 0.0)


def checks_suite(held: Sequence[CheckResult], files: Mapping[str, Sequence[str]]) -> Element:
    """An examination of a flight program, a case a check; `files` are the messages that show a fault."""
    cases = []
    for one in held:
        case = _case(f"conform.{one.group}", one.name)
        if one.result == FAILED:
            _add(case, "failure", one.told, one.result, "\n".join(files.get(one.name, ())))
        elif one.result in {NOT_EVALUATED, DOES_NOT_APPLY}:
            _add(case, "skipped", one.told)
        elif one.told:
            _said(case, f"{one.result}: {one.told}")
        cases.append(case)
    return _suite("conform", cases, 0.0)
