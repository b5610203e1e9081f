"""The language of conditions: typed fields, three-valued tests, compiled to Python."""
