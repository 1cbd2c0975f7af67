"""The types by which viewers read a layout, so far as ours uses them.

As Lichtblick publishes them in its sources, and Foxglove Studio did before: `LayoutData`, `PlotConfig`, `PlotPath`, the
log panel's `Config`, `RendererConfig`, `CameraState`, `CustomLayerSettings`.
"""

from typing import Any

NUMBER, TEXT, FLAG, ANY = (int, float), (str,), (bool,), (object,)
CONFIGS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "layout": ({"configById": ANY, "globalVariables": ANY, "userNodes": ANY, "playbackConfig": ANY,
                "layout": ANY},
               {"configById", "globalVariables", "userNodes", "playbackConfig"}),
    "Plot": ({"paths": ANY, "showLegend": FLAG, "showPlotValuesInLegend": FLAG, "showXAxisLabels": FLAG,
              "showYAxisLabels": FLAG, "isSynced": FLAG, "legendDisplay": {"floating", "top", "left", "none"},
              "xAxisVal": {"timestamp", "index", "custom", "currentCustom"}, "sidebarDimension": NUMBER},
             {"paths", "showLegend", "legendDisplay", "showPlotValuesInLegend", "showXAxisLabels", "showYAxisLabels",
              "isSynced", "xAxisVal", "sidebarDimension"}),
    "path": ({"value": TEXT, "enabled": FLAG, "label": TEXT, "color": TEXT,
              "timestampMethod": {"receiveTime", "headerStamp"}}, {"value", "enabled", "timestampMethod"}),
    "RosOut": ({"searchTerms": ANY, "minLogLevel": NUMBER, "topicToRender": TEXT}, {"searchTerms", "minLogLevel"}),
    "3D": ({"cameraState": ANY, "followTf": TEXT, "scene": ANY, "publish": ANY, "transforms": ANY, "topics": ANY,
            "layers": ANY, "imageMode": ANY, "followMode": {"follow-pose", "follow-position", "follow-none"}},
           {"cameraState", "followTf", "followMode", "scene", "publish", "transforms", "topics", "layers",
            "imageMode"}),
    "cameraState": ({"perspective": FLAG, "distance": NUMBER, "phi": NUMBER, "thetaOffset": NUMBER, "fovy": NUMBER,
                     "near": NUMBER, "far": NUMBER, "target": 3, "targetOffset": 3, "targetOrientation": 4},
                    {"perspective", "distance", "phi", "thetaOffset", "fovy", "near", "far", "target", "targetOffset",
                     "targetOrientation"}),
    "publish": ({"type": {"point", "pose", "pose_estimate"}, "poseTopic": TEXT, "pointTopic": TEXT,
                 "poseEstimateTopic": TEXT, "poseEstimateXDeviation": NUMBER, "poseEstimateYDeviation": NUMBER,
                 "poseEstimateThetaDeviation": NUMBER},
                {"type", "poseTopic", "pointTopic", "poseEstimateTopic", "poseEstimateXDeviation",
                 "poseEstimateYDeviation", "poseEstimateThetaDeviation"}),
    "layer": ({"instanceId": TEXT, "layerId": {"foxglove.Grid", "foxglove.Urdf"}, "label": TEXT, "frameId": TEXT,
               "visible": FLAG, "frameLocked": FLAG, "drawBehind": FLAG, "order": NUMBER, "size": NUMBER,
               "divisions": NUMBER, "lineWidth": NUMBER, "color": TEXT, "position": 3, "rotation": 3},
              {"instanceId", "layerId", "label", "visible"}),
}  # fmt: skip
"""What each part may hold, and what of it must be there."""


def hold(kind: str, part: dict[str, Any]) -> None:
    """A part of a layout to its published type."""
    may, must = CONFIGS[kind]
    assert must <= set(part) <= set(may), kind
    for key, value in part.items():
        wanted = may[key]
        if isinstance(wanted, int):
            assert len(value) == wanted, key
            assert all(isinstance(one, int | float) for one in value), key
        elif isinstance(wanted, set):
            assert value in wanted, key
        else:
            assert isinstance(value, wanted), key
            assert not (wanted == NUMBER and isinstance(value, bool)), key
