"""What a sandbox remembers: JSON documents by kind and key in one SQLite file. It is not a database of ours."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class Store:
    """Documents by kind and key, in the order in which they were first put. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = off")
        self._database.execute(
            "create table if not exists documents (seq integer primary key, kind text not null, key text not null,"
            " body text not null, unique (kind, key))"
        )

    @contextmanager
    def change(self) -> Iterator[None]:
        """All that is put in the block, or nothing of it. A block inside another one belongs to it."""
        if self._database.in_transaction:
            yield
            return
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")

    def put(self, kind: str, key: str, document: Document) -> None:
        """Keep a document, in place of what was there."""
        self._database.execute(
            "insert into documents (kind, key, body) values (?, ?, ?)"
            " on conflict (kind, key) do update set body = excluded.body",
            (kind, key, json.dumps(document, ensure_ascii=False)),
        )

    def get(self, kind: str, key: str) -> Document | None:
        """A document, or None."""
        found = self._database.execute(
            "select body from documents where kind = ? and key = ?", (kind, key)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def every(self, kind: str, **equal: Any) -> list[Document]:
        """Every document of a kind whose values of these names are these: texts, numbers, yes or no."""
        if not all(name.isidentifier() for name in equal):
            raise ValueError(f"{', '.join(equal)}: names of values are wanted")
        wanted = "".join(f" and json_extract(body, '$.{name}') = ?" for name in equal)
        rows = self._database.execute(
            f"select body from documents where kind = ?{wanted} order by seq", (kind, *equal.values())
        ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def drop(self, kind: str, key: str | None = None) -> None:
        """Forget a document, or every one of a kind."""
        if key is None:
            self._database.execute("delete from documents where kind = ?", (kind,))
        else:
            self._database.execute("delete from documents where kind = ? and key = ?", (kind, key))

    def next(self, name: str) -> int:
        """The next number of a series: 1, 2, 3 ..."""
        number = (self.get("series", name) or {"last": 0})["last"] + 1
        self.put("series", name, {"last": number})
        return int(number)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
