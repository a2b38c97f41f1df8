"""Accounts: who may work in the house, how they sign in without a password, and the record of what they did."""
