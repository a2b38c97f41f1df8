"""Publishers: whom a statement is addressed to, and on what terms they lend to libraries."""
