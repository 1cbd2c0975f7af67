"""Names of the files in a run folder."""

RUN_FILE, LOG_FILE, APPLIED_FILE = "run.json", "flight.mcap", "applied.toml"
SUMMARY_FILE, REPORT_FILE = "summary.json", "report.html"
OUTPUT_FILE, LOST_FRAME_FILE, REFUSED_FILE = "gnc.log", "lost-frame.msgpack", "refused-answer.msgpack"
TRACEBACK_FILE = "traceback.txt"
