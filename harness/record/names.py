"""Names of the files in a run folder."""

RUN_FILE, LOG_FILE, APPLIED_FILE = "run.json", "flight.mcap", "applied.toml"
SUMMARY_FILE, REPORT_FILE = "summary.json", "report.html"
OUTPUT_FILE, LAST_FRAMES_FILE, REFUSED_FILE = "gnc.log", "last-frames.msgpack", "refused-answer.msgpack"
TRACEBACK_FILE = "traceback.txt"
VEHICLE_FILE, FLIGHT_LOAD_FILE, REQUIREMENTS_FILE = "vehicle.toml", "flight_load.toml", "requirements.toml"
COPIES = (VEHICLE_FILE, FLIGHT_LOAD_FILE, REQUIREMENTS_FILE)
"""Of the files that the scenario names."""
OF_A_FLIGHT = frozenset({
    RUN_FILE, LOG_FILE, APPLIED_FILE, SUMMARY_FILE, REPORT_FILE, OUTPUT_FILE, LAST_FRAMES_FILE, REFUSED_FILE,
    TRACEBACK_FILE, "lost-frame.msgpack", *COPIES,
})  # fmt: skip
"""All that a flight leaves in its run folder; lost-frame.msgpack is of older versions."""
