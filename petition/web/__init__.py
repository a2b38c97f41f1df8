"""What every page shares: language, headers, forms, errors. Knows no feature."""
