"""Who asks and what it cost in, whether they have to wait out. In memory, bounded; pure otherwise.

Nobody is told apart by what program they say they are, only by how much they take. Each address has
a bucket: full answers take one from it, short ones (304) a tenth. It holds enough for a reader that
is given the list of all feeds, and fills again within two minutes.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from functools import lru_cache

#: Addresses remembered at a time, some 200 bytes each. The one not seen for longest is forgotten,
#: which can only be kinder to it.
CLIENTS_MAX = 20_000

#: A provider gives its customer this much of IPv6.
IPV6_PREFIX = 64

#: As many minutes' worth may be taken at once.
BURST_MINUTES = 2


class Crowd:
    """What each address has left. `per_minute` full answers in the long run; 0 is no limit."""

    def __init__(self, per_minute: float) -> None:
        self.per_minute = per_minute
        self.full = per_minute * BURST_MINUTES
        self._left: OrderedDict[str, list[float]] = OrderedDict()  # what is left, and when it was

    def take(self, client: str, cost: float, now: float) -> int:
        """How many seconds this one has to wait; 0 if it may go on, and then `cost` is noted.

        `now` is in seconds, from whenever. The client "" is nobody, and waits for nobody.
        """
        if not self.per_minute or not client:
            return 0
        bucket = self._left.get(client)
        if bucket is None:
            bucket = self._left[client] = [self.full, now]
            if len(self._left) > CLIENTS_MAX:
                self._left.popitem(last=False)
        else:
            self._left.move_to_end(client)
            left, at = bucket
            bucket[0] = min(self.full, left + (now - at) * self.per_minute / 60)
            bucket[1] = now
        if bucket[0] <= 0:
            return int((1 - bucket[0]) / self.per_minute * 60) + 1
        bucket[0] -= cost
        return 0


@lru_cache(maxsize=4_096)
def bucket_of(address: str) -> str:
    """The address whose bucket it is: an IPv6 customer has 2^64 of them. "" is nobody's."""
    if ":" not in address:
        return address
    try:
        whole = ipaddress.IPv6Address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return address
    if whole.ipv4_mapped:
        return str(whole.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(whole), IPV6_PREFIX), strict=False).network_address)
