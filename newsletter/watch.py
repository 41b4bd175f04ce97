"""What waits for sockets, pipes and time in; it is gone on with when that has come. One thread.

`select.poll` and not `epoll`: a channel is looked at for one step only, and is forgotten before its
owner may close it; to tell the system of each would be two calls more, for some dozen channels.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from newsletter.transport.protocol import Wait

#: Whether somebody has waited too long is looked at so often.
LATE_S = 0.1

Then = Callable[[bool], None]


class Watch:
    """The channels that are waited for."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._waiting: dict[int, tuple[float, Then]] = {}
        self._late_at = 0.0

    def __len__(self) -> int:
        """How many are waited for."""
        return len(self._waiting)

    def wait(self, wait: Wait, then: Then) -> None:
        """Call `then` once, with whether the channel was ready in time."""
        number = wait.channel.fileno()
        assert number not in self._waiting
        self._poll.register(number, select.POLLOUT if wait.to_write else select.POLLIN)
        self._waiting[number] = (time.monotonic() + wait.timeout_s, then)

    def look(self, timeout_s: float) -> None:
        """Go on with whatever is ready; wait so long for the first."""
        for number, _ in self._poll.poll(1000 * timeout_s):
            self._go_on(number, is_ready=True)
        now = time.monotonic()
        if now >= self._late_at:
            self._late_at = now + LATE_S
            for number in [each for each, (until, _) in self._waiting.items() if until < now]:
                self._go_on(number, is_ready=False)

    def _go_on(self, number: int, *, is_ready: bool) -> None:
        if number in self._waiting:  # it may have been gone on with, or closed, meanwhile
            _, then = self._waiting.pop(number)
            self._poll.unregister(number)
            then(is_ready)
