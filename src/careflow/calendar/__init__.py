"""Local days and hours: durations, zones, windows, occasions. Nobody here reads a clock."""

from careflow.calendar.hours import Hours, NoSlot

__all__ = ["Hours", "NoSlot"]
