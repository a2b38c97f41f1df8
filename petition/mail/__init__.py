"""E-mail going out: rows, caps, letters and the transport. Knows no feature, only what it is told to send."""
