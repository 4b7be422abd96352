"""Check the copy: facts, phone numbers, addresses, placeholders and length limits."""
