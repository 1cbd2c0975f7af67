"""Whose message it is, where one link carries many flights: numbers are written and read without decoding the rest."""

from hoverslam.harness.wire.codec import decode
from hoverslam.harness.wire.errors import MessageRefused
from hoverslam.harness.wire.message_plan import encode_text
from hoverslam.harness.wire.sensor_writer import SENSORS_HEAD

MOST_FLIGHTS = 128
"""Numbers 0 to 127: those that take one byte."""
_SENSORS_OF = [SENSORS_HEAD + bytes([number]) for number in range(MOST_FLIGHTS)]
_BEHIND = len(SENSORS_HEAD) + 1
_ACTUATORS_HEAD = encode_text("type") + encode_text("actuators") + encode_text("flight")
_NUMBER_OF = {_ACTUATORS_HEAD + bytes([number]): number for number in range(MOST_FLIGHTS)}
_SEEN = slice(1, 2 + len(_ACTUATORS_HEAD))


def addressed(sensors: bytes, flight: int) -> bytes:
    """A sensors message of flight 0, as the SensorWriter writes it, as that of another flight."""
    return _SENSORS_OF[flight] + sensors[_BEHIND:]


def flight_of(data: bytes) -> int:
    """Flight of a message of the program; raises MessageRefused where it names none, or is no message.

    Messages that begin with type and flight, in this order, are known at once; any other is decoded. Nothing else is
    checked here: who reads the message does that.
    """
    number = _NUMBER_OF.get(data[_SEEN])
    if number is None:
        number = decode(data).get("flight", 0)
        if type(number) is not int:
            raise MessageRefused(f"flight = {str(number)[:40]!r}: must be a whole number")
    return number
