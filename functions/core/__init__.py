"""The pure part: canonical records, the snapshot format, change detection, plans. No I/O, no environment, no clock."""
