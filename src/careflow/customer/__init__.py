"""The customer record: what it holds, what follows from it, how firms' files are read."""
