"""The page docs/summary.schema.json: the JSON Schema of what `hoverslam run --json` prints."""

import json

from hoverslam.harness.fly.summary import Summary


def page() -> str:
    """The whole page."""
    return json.dumps(Summary.model_json_schema(), indent=2) + "\n"
