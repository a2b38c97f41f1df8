"""Sample audits: a publisher draws entries that neither side can choose, and each signatory drawn is asked once."""
