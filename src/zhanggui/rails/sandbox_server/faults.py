"""What goes wrong on demand. A fault waits until something fits it, and is used up after `times`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhanggui.rails.sandbox_server.store import Document, Store


class FaultKind(StrEnum):
    """Every way in which a sandbox goes wrong."""

    SILENT = "silent"  # the request is held for `seconds` (none: until released), then done and answered
    LOST = "lost"  # it is done, and the connection is cut before a byte of the answer
    BROKEN = "broken"  # 500, nothing done
    WRONG_SIGNATURE = "wrong_signature"  # it is done, the answer's signature does not hold
    UNSIGNED = "unsigned"  # it is done, the answer bears no signature
    CALLBACK_TWICE = "callback_twice"  # a callback is sent twice at once
    CALLBACK_LATE = "callback_late"  # a callback first goes out after `seconds` of the sandbox's clock
    CALLBACK_NEVER = "callback_never"  # a callback is made and never sent by itself
    CALLBACK_FORGED = "callback_forged"  # a stranger signs first; the true one follows
    CALLBACK_PROBE = "callback_probe"  # the gateway tries with a wrong signature first; the true one follows
    SLOW = "slow"  # what the gateway does later (a refund, a split) takes `seconds` more of its clock
    OUTCOME = "outcome"  # what the gateway does later ends in `value`, e.g. a refund in ABNORMAL


@dataclass(frozen=True)
class Fault:
    """One fault: what, where (`path` is how an address begins, `of` names what a gateway does), how often."""

    id: str
    kind: FaultKind
    path: str = ""
    method: str = ""
    of: str = ""
    value: str = ""
    seconds: int | None = None
    times: int = 1


class Faults:
    """The faults that wait, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, asked: Document) -> Fault:
        """A new fault from a JSON document. Raises ValueError when it says nothing that can go wrong."""
        known = {"kind", "path", "method", "of", "value", "seconds", "times"}
        if unknown := sorted(set(asked) - known):
            raise ValueError(f"{', '.join(unknown)}: not known; a fault has {', '.join(sorted(known))}")
        try:
            kind = FaultKind(str(asked.get("kind")))
        except ValueError:
            raise ValueError(f"kind: one of {', '.join(FaultKind)}") from None
        made = Fault(**asked | {"kind": kind, "id": str(self._store.next("faults"))})
        self._keep(made)
        return made

    def take(self, *kinds: FaultKind, path: str = "", method: str = "", of: str = "") -> Fault | None:
        """The earliest fault of these kinds that fits, one time less; None when nothing is to go wrong."""
        for fault in self.every():
            fits = path.startswith(fault.path) and fault.method in ("", method) and fault.of in ("", of)
            if fault.kind in kinds and fits:
                if fault.times <= 1:
                    self.drop(fault.id)
                else:
                    self._keep(Fault(**vars(fault) | {"times": fault.times - 1}))
                return fault
        return None

    def every(self) -> list[Fault]:
        """Every fault that waits."""
        return [_read(one) for one in self._store.every("fault")]

    def drop(self, number: str | None = None) -> None:
        """Call a fault off, or all of them."""
        self._store.drop("fault", number)

    def _keep(self, fault: Fault) -> None:
        self._store.put("fault", fault.id, shown(fault))


def shown(fault: Fault) -> dict[str, Any]:
    """A fault as a JSON document."""
    return {name: value for name, value in vars(fault).items() if value not in ("", None)}


def _read(document: Document) -> Fault:
    return Fault(**document | {"kind": FaultKind(document["kind"])})
