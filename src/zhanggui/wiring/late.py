"""What is wired when it is first asked for: adapters carry libraries that most programs never need."""

from collections.abc import Callable
from threading import RLock


class LateWiring:
    """The connecting that waits until somebody asks. Whoever asks while it goes on waits until all of it is done: a
    server just started is asked by several at once. What connects may ask itself, and finds what is there so far."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._lock = RLock()

    def add(self, connect: Callable[[], None]) -> None:
        """This method will keep `connect` until somebody asks."""
        self._waiting.append(connect)

    def done(self) -> None:
        """This method will do what waits, in its order, each once."""
        with self._lock:
            while self._waiting:
                self._waiting.pop(0)()
