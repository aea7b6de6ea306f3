"""What the suites that talk to a running program share."""
