"""Rules that every part shares: time, money, identifiers, clauses, errors."""
