"""The public pages that draw on several features at once."""
