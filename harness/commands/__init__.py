"""One module a subcommand; each is imported only when its command runs, so that `--help` stays light."""
