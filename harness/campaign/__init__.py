"""Many flights of one scenario: drawn, flown on any number of cores, kept in a database, and counted."""
