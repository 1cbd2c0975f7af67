"""Names of the files in a run folder."""

RUN_FILE, LOG_FILE, APPLIED_FILE = "run.json", "flight.mcap", "applied.toml"
SUMMARY_FILE, REPORT_FILE = "summary.json", "report.html"
OUTPUT_FILE, LOST_FRAME_FILE, REFUSED_FILE = "gnc.log", "lost-frame.msgpack", "refused-answer.msgpack"
TRACEBACK_FILE = "traceback.txt"
VEHICLE_FILE, FLIGHT_LOAD_FILE, REQUIREMENTS_FILE = "vehicle.toml", "flight_load.toml", "requirements.toml"
COPIES = (VEHICLE_FILE, FLIGHT_LOAD_FILE, REQUIREMENTS_FILE)
"""Of the files that the scenario names."""
OF_A_FLIGHT = frozenset({
    RUN_FILE, LOG_FILE, APPLIED_FILE, SUMMARY_FILE, REPORT_FILE, OUTPUT_FILE, LOST_FRAME_FILE, REFUSED_FILE,
    TRACEBACK_FILE, *COPIES,
})  # fmt: skip
"""All that a flight leaves in its run folder."""
