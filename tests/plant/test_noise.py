"""Counter-based noise. Oracle: the known answers of Random123, and what independent normal numbers must look like."""

import numpy as np
import pytest
from scipy import stats

from hoverslam.plant.kernels.noise import normal_pair, normal_triple, philox, uniform
from hoverslam.plant.setup import stream_key

# Random123, tests/kat_vectors, philox4x32 10: counter, key, answer (all ones and the digits of pi among them)
ONES = 0xFFFFFFFF
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
COUNT = 20_000
UNLIKELY = 1e-4  # p-value: the draws are fixed by their key, so the test cannot flicker
CORRELATION = 4.0 / np.sqrt(COUNT)  # four standard errors of a sample correlation of independent numbers
KEY = stream_key(1, "sensors")


def _pairs(key: int, lane: int) -> np.ndarray:
    return np.array([normal_pair(key, tick, lane) for tick in range(COUNT)])


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_known_answers(
    counter: tuple[int, int, int, int], key: tuple[int, int], answer: tuple[int, ...]
) -> None:
    assert tuple(int(word) for word in philox(counter, key)) == answer


def test_both_numbers_of_a_pair_are_standard_normal() -> None:
    for column in _pairs(KEY, 0).T:
        assert stats.kstest(column, "norm").pvalue > UNLIKELY
        assert stats.kstest(column[::7], "norm").pvalue > UNLIKELY


def test_a_uniform_number_is_uniform_and_never_an_end() -> None:
    seen = np.array([uniform(KEY, tick, 54) for tick in range(COUNT)])
    assert stats.kstest(seen, "uniform").pvalue > UNLIKELY
    assert 0.0 < seen.min() < seen.max() < 1.0


@pytest.mark.parametrize(
    ("key", "lane"),
    [(KEY, 1), (stream_key(2, "sensors"), 0), (stream_key(1, "gusts"), 0)],
    ids=["other lane", "other seed", "other name"],
)
def test_another_stream_has_nothing_to_do_with_this_one(key: int, lane: int) -> None:
    here, there = _pairs(KEY, 0), _pairs(key, lane)
    for a in here.T:
        for b in there.T:
            assert abs(np.corrcoef(a, b)[0, 1]) < CORRELATION


def test_ticks_and_the_two_of_a_pair_are_independent() -> None:
    a, b = _pairs(KEY, 0).T
    assert abs(np.corrcoef(a, b)[0, 1]) < CORRELATION
    assert abs(np.corrcoef(a**2, b**2)[0, 1]) < CORRELATION
    for lag in (1, 2, 10):
        assert abs(np.corrcoef(a[:-lag], a[lag:])[0, 1]) < CORRELATION


def test_a_number_depends_on_nothing_but_its_name() -> None:
    assert normal_pair(KEY, 5, 3) == normal_pair(KEY, 5, 3)
    assert normal_pair(KEY, 5, 3) != normal_pair(KEY, 6, 3)


def test_a_triple_is_the_pairs_of_two_lanes() -> None:
    assert normal_triple(KEY, 9, 4) == (*normal_pair(KEY, 9, 4), normal_pair(KEY, 9, 5)[0])


def test_ticks_beyond_32_bits_are_still_different() -> None:
    assert normal_pair(KEY, 7, 0) != normal_pair(KEY, 7 + (1 << 32), 0)


def test_keys_of_streams_have_62_bits_and_differ_by_seed_and_name() -> None:
    keys = {stream_key(seed, name) for seed in range(50) for name in ("gusts", "sensors")}
    assert len(keys) == 100
    assert max(keys) < 1 << 62
