"""A function run in a child, each of some system calls stopped on entry: let go, failed, or killed.

The kernel asks the parent before each call (seccomp's user notification, Linux 5.5 and later), so
a kill at the n-th fdatasync is exactly that, and costs no more than the call; no program has to be
started, and nothing preloaded.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import multiprocessing
import os
import platform
import select
import signal
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue

#: By machine: what is called by which numbers, and seccomp's own.
NUMBERS, SECCOMP = {
    "x86_64": (
        {
            "fdatasync": (75,),
            "fsync": (74,),
            "ftruncate": (77,),
            "pwrite64": (18,),
            "send": (44, 46),  # sendto, sendmsg
        },
        317,
    ),
    "aarch64": (
        {
            "fdatasync": (83,),
            "fsync": (82,),
            "ftruncate": (46,),
            "pwrite64": (68,),
            "send": (206, 211),
        },
        277,
    ),
}[platform.machine()]
NAMES = {number: name for name, numbers in NUMBERS.items() for number in numbers}

#: linux/seccomp.h, linux/bpf_common.h
_SET_MODE_FILTER, _NEW_LISTENER, _NO_NEW_PRIVS = 1, 8, 38
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ASK = 0x7FFF0000, 0x7FC00000
_ASKED, _ANSWER, _CONTINUE = "QIIiIQ6Q", "QqiI", 1
_RECEIVE, _SEND = 0xC0502100, 0xC0182101

#: A child that hangs is killed, and the test fails.
HUNG_S = 60

#: What becomes of a call: None lets it go, KILL ends the child there, a number is an errno.
KILL = -1


@dataclass(frozen=True, slots=True)
class Call:
    """A call that waits at the kernel's door."""

    name: str
    number: int  # which of its name it is, from 1
    arguments: tuple[int, ...]
    process: int

    @property
    def path(self) -> str:
        """The file of its first argument."""
        return os.readlink(f"/proc/{self.process}/fd/{self.arguments[0]}")

    @property
    def content(self) -> bytes:
        """What its second and third arguments would write."""
        with open(f"/proc/{self.process}/mem", "rb", buffering=0) as memory:
            memory.seek(self.arguments[1])
            return memory.read(self.arguments[2])


Decide = Callable[[Call], int | None]

forking = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, and how often it made each call."""

    status: int  # negative: by this signal
    calls: Counter[str]

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL


def run(work: Callable[[], object], decide: Decide, *names: str) -> Ended:
    """Run `work` in a fork, and have it decided what becomes of each call of these names."""
    ours, theirs = socket.socketpair()
    child = forking.Process(target=_watched, args=(work, names, theirs))
    child.start()
    theirs.close()
    with ours:
        _, (asking,), _, _ = socket.recv_fds(ours, 1, 1)
    calls: Counter[str] = Counter()
    try:
        while _asks(asking, child.sentinel):
            with suppress(OSError):  # it was killed by somebody else just now
                _answer(asking, child.pid or 0, decide, calls)
    finally:
        if child.is_alive():
            child.kill()
        child.join()
        os.close(asking)
    return Ended(child.exitcode or 0, calls)


def at(name: str, number: int, what: int = KILL, *, and_later: bool = False) -> Decide:
    """That the n-th call of a name fails so; or all from then on, as on a disk that stays full."""

    def decide(call: Call) -> int | None:
        is_it = call.number >= number if and_later else call.number == number
        return what if is_it and call.name == name else None

    return decide


def _watched(work: Callable[[], object], names: tuple[str, ...], theirs: socket.socket) -> None:
    made: SimpleQueue[int] = SimpleQueue()
    # Nobody listens yet; a thread that was there before may send without being asked about it.
    sender = threading.Thread(target=lambda: socket.send_fds(theirs, [b"."], [made.get()]))
    sender.start()
    asking = _listener([number for name in names for number in NUMBERS[name]])
    made.put(asking)
    sender.join()
    theirs.close()
    os.close(asking)
    work()


def _listener(numbers: list[int]) -> int:
    last = len(numbers)
    program = [(_LOAD, 0, 0, 0)]
    program += [(_JUMP_IF_EQUAL, last - n, 0, number) for n, number in enumerate(numbers)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ASK)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in program))
    whole = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    listener = libc.syscall(SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, whole)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "the kernel lets nobody watch system calls")
    return int(listener)


def _asks(asking: int, sentinel: int) -> bool:
    """Wait for the next call; False when the child has ended."""
    poll = select.poll()
    poll.register(asking, select.POLLIN)
    poll.register(sentinel, select.POLLIN)
    ready = dict(poll.poll(HUNG_S * 1000))
    assert ready, "the child hangs"
    return bool(ready.get(asking, 0) & select.POLLIN)


def _answer(asking: int, pid: int, decide: Decide, calls: Counter[str]) -> None:
    asked = bytearray(struct.calcsize(_ASKED))
    fcntl.ioctl(asking, _RECEIVE, asked)
    number, _, _, called, _, _, *arguments = struct.unpack(_ASKED, asked)
    name = NAMES[called]
    calls[name] += 1
    what = decide(Call(name, calls[name], tuple(arguments), pid))
    if what == KILL:
        os.kill(pid, signal.SIGKILL)
    elif what is None:
        fcntl.ioctl(asking, _SEND, bytearray(struct.pack(_ANSWER, number, 0, 0, _CONTINUE)))
    else:
        assert what in errno.errorcode
        fcntl.ioctl(asking, _SEND, bytearray(struct.pack(_ANSWER, number, 0, -what, 0)))
