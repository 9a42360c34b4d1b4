"""Sets of rows in and out of PostgreSQL as numpy columns, by binary COPY. Knows no table and no business.

Format: PostgreSQL documentation, "COPY", section "Binary Format"; arrays as `array_send` writes them.
"""
