"""The flight for Foxglove and Lichtblick: the channels of a log, by the Foxglove SDK's WebSocket server (in Rust).

The SDK keeps a bounded queue for each viewer and drops the oldest messages of one that does not read. It offers no
capability: a viewer can only read.
"""

import json
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from hoverslam.harness.live.so_far import LiveStretch, SoFar
from hoverslam.harness.record.clock import epoch_ns
from hoverslam.harness.record.fields import EVENTS
from hoverslam.harness.record.log import drawn_json, numbers, published_schemas, reported_events
from hoverslam.harness.report.scene import Judged, log_lines, moving_scene, standing_scene, transforms
from hoverslam.harness.trace.flight import Flight

HOST = "127.0.0.1"
DRAWN = {
    "/tf": "foxglove.FrameTransforms", "/scene": "foxglove.SceneUpdate", "/scene/moving": "foxglove.SceneUpdate",
    "/log": "foxglove.Log",
}  # fmt: skip
"""What viewers draw: topics with the schemas of theirs."""
PATH_EVERY_S = 1.0
"""Of flight, between two drawings of pad, path and hull; a viewer that comes late waits so long for them."""


class Foxglove:
    """The server, listening."""

    def __init__(self, port: int) -> None:
        """Raises OSError where the port cannot be had."""
        self._sdk = _sdk()
        self._context = self._sdk.Context()
        try:
            self._server = self._sdk.start_server(
                name="hoverslam", host=HOST, port=port, context=self._context, capabilities=[]
            )
        except Exception as error:  # noqa: BLE001  the SDK raises classes of its own, without the number of the error
            raise OSError(str(error)) from None
        self._epoch_ns, self._schemas = epoch_ns(), published_schemas()
        self._channels: dict[str, Any] = {}
        self._logged: set[bytes] = set()
        self._path_due_s = 0.0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.port)

    def begin(self, so_far: SoFar) -> None:
        """Offer all channels, so that a viewer can subscribe before the first row."""
        for topic, schema, _ in numbers(so_far.nothing()):
            self._channel(topic, topic.strip("/"), schema)
        self._channel("/events", "events", EVENTS)
        for topic, name in DRAWN.items():
            self._channel(topic, name, self._schemas[name])

    def rows(self, so_far: SoFar, stretch: LiveStretch) -> None:
        """One more stretch."""
        begin_ns = self._epoch_ns + stretch.begin_ns
        for topic, _, messages in numbers(stretch.record):
            self._log(topic, ((begin_ns + at_ns, data) for at_ns, data in messages))
        for frame, report in stretch.record.telemetry:
            at_ns = begin_ns + frame * stretch.record.frame_period_ns
            self._log("/events", ((at_ns, _json(told)) for told in reported_events(frame, report)))
        self._draw(so_far, stretch, begin_ns)

    def _draw(self, so_far: SoFar, stretch: LiveStretch, begin_ns: int) -> None:
        vehicle = stretch.context.vehicle
        assert vehicle is not None
        self._drawn("/tf", transforms(stretch, begin_ns))
        self._drawn("/scene/moving", moving_scene(stretch, vehicle, begin_ns))
        whole = so_far.flight()
        self._say(whole)
        if stretch.time_at(stretch.rows - 1) >= self._path_due_s:
            self._path_due_s = stretch.time_at(stretch.rows - 1) + PATH_EVERY_S
            self._drawn("/scene", standing_scene(whole, vehicle, self._epoch_ns))

    def _say(self, whole: Flight) -> None:
        """Events that are new."""
        for line in log_lines(Judged(whole, (), ()), self._epoch_ns):
            if (data := drawn_json(line[1])) not in self._logged:
                self._logged.add(data)
                self._drawn("/log", (line,))

    def _drawn(self, topic: str, messages: Iterable[tuple[int, dict[str, Any]]]) -> None:
        self._log(topic, ((at_ns, drawn_json(message)) for at_ns, message in messages))

    def _log(self, topic: str, messages: Iterable[tuple[int, bytes]]) -> None:
        """Nothing is formatted that nobody has subscribed to."""
        channel = self._channels[topic]
        if channel.has_sinks():
            for at_ns, data in messages:
                channel.log(data, log_time=at_ns)

    def _channel(self, topic: str, name: str, schema: dict[str, Any]) -> None:
        told = self._sdk.Schema(name=name, encoding="jsonschema", data=json.dumps(schema).encode())
        self._channels[topic] = self._sdk.Channel(topic, schema=told, message_encoding="json", context=self._context)

    def close(self) -> None:
        """Viewers keep what they have."""
        self._server.stop()


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode()


def _sdk() -> ModuleType:
    """Loaded where a flight is shown, and nowhere else."""
    import foxglove

    return foxglove
