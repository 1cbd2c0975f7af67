"""The sentence. Oracle: the numbers of the comparison that it is made from, and sentences written by hand."""

import json
import re

import numpy as np

from hoverslam.harness.statistics.compare import compare
from hoverslam.harness.statistics.gate import Gate
from hoverslam.harness.statistics.sentence import sentence
from tests.statistics.banks import bank
from tests.statistics.test_compare import counted

WORDS = Gate(words={"wind_from": "in wind from the {level}"})


def test_a_loss_with_its_place() -> None:
    found = compare(bank(2, 600), bank(2, 600, build=1, lost=0.03, lost_in=["west"]), WORDS)
    said = sentence(found, WORDS)
    match = re.fullmatch(
        r"B is worse: lands (\S+) % less often \(95 % interval (\S+) to (\S+) %\), worse in wind from the west", said
    )
    assert match is not None, said
    success = found.measures[0]
    assert success.harm is not None
    assert success.low is not None
    assert success.high is not None
    stated = [float(number) for number in match.groups()]
    assert stated == [round(100.0 * number, 1) for number in (success.harm, success.low, success.high)]


def test_by_hand() -> None:
    """30 of 1,000 lost, none gained: 3.0 %; Newcombe's interval worked out from its formula is 2.0 to 4.3 %."""
    assert sentence(compare(*counted(960, 30, 0, 10))) == (
        "B is worse: lands 3.0 % less often (95 % interval 2.0 to 4.3 %)"
    )


def test_no_harm_says_what_is_ruled_out() -> None:
    said = sentence(compare(*counted(990, 0, 0, 10)))
    assert said.startswith("B is no worse: lands equally often (95 % interval")
    assert said.endswith("a loss of 2.0 % is ruled out")


def test_too_few_flights_say_how_many_more() -> None:
    said = sentence(compare(*counted(96, 2, 1, 1)))
    assert re.search(
        r"^undecided, too few flights: .*; undecided: success; about [\d,]+ flights more in each campaign", said
    )


def test_a_number_that_got_worse_is_told_in_its_own_words() -> None:
    said = sentence(compare(bank(7, 460), bank(7, 460, build=1, slower_mps=0.4)))
    assert re.search(r"touches down 0\.\d+ m/s faster \(95 % interval 0\.\d+ to 0\.\d+ m/s\)", said)
    said = sentence(compare(bank(7, 460, build=1, slower_mps=0.4), bank(7, 460)))
    assert re.search(r"touches down 0\.\d+ m/s slower \(95 % interval 0\.\d+ to 0\.\d+ m/s\)", said)


def test_a_comparison_is_plain_json() -> None:
    found = compare(bank(2, 200), bank(2, 200, build=1, lost=0.03))
    assert json.loads(json.dumps(found, allow_nan=False))[0] == found.verdict
    assert not any(isinstance(number, np.generic) for measure in found.measures for number in measure)
