"""What people type, in canonical form: names, places, e-mail addresses. Pure functions and data."""
