"""The tables of `zhanggui export`, by name."""

from zhanggui.portals.shell.exports.books import BOOKS
from zhanggui.portals.shell.exports.documents import DOCUMENTS
from zhanggui.portals.shell.exports.guarded import GUARDED
from zhanggui.portals.shell.exports.paying import PAYING

TABLES = {table.name: table for table in (*BOOKS, *PAYING, *GUARDED, *DOCUMENTS)}
