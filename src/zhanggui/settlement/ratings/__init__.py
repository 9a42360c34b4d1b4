"""Bulk rating: fee details of many order lines, from files or the database into files, beside the books.

Lines are cut into parts by merchant, each part is rated by itself, by whichever process or machine. The kernel and
what makes billed lines of its details are billing's; nothing is posted, placed on statements or kept in tables.
"""
