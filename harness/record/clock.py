"""The clock of a log. Viewers take its times as nanoseconds since 1970, so a flight needs a date; it decides nothing.

The same flight gives the same log: the date is the default or what `--epoch` says, never that of the machine.
"""

from datetime import UTC, datetime, timedelta

DEFAULT_EPOCH = "2000-01-01T00:00:00Z"
"""At midnight: the clock of a viewer then shows the time since release."""
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Viewers read a time near 0 as none; nanoseconds of 2262 no longer fit into 63 bits."""
NS_A_SECOND = 1_000_000_000


def epoch_ns(text: str = DEFAULT_EPOCH) -> int:
    """Nanoseconds since 1970 of an ISO 8601 date and time, which is UTC where it names no zone. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r}: is no ISO 8601 date and time; write e.g. {DEFAULT_EPOCH}") from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"{text!r}: must be from 1971 to 2199, the range of log viewers; default {DEFAULT_EPOCH}")
    return 1000 * ((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))


def stamp(time_ns: int) -> dict[str, int]:
    """A time as the published schemas have it."""
    return {"sec": time_ns // NS_A_SECOND, "nsec": time_ns % NS_A_SECOND}
