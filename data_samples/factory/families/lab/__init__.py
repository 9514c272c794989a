"""Laboratory sheets of the development split. ``lab_report`` only."""
