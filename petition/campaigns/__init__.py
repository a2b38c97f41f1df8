"""Campaigns: what is asked of whom, and why."""
