"""Local days and hours: durations, zones, windows, occasions. Nobody here reads a clock."""
