"""Private keys, then SHA-256 digests on standard input, signatures on standard output. A process.

Started by newsletter/signers.py as a script, isolated, so that it loads nothing but what signs.
Every message is its length in four bytes, then itself; a key of length 0 ends the keys. Digests
come for each key in turn; each signature goes with its length in two bytes.
"""

from __future__ import annotations

import os
import signal
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

#: Of SHA-256.
DIGEST_BYTES = 32

#: Messages are signed ahead, and all connections wait for who sends: where processors are fewer
#: than processes the sender goes first. (Measured with two: its commits took 28 % of the time, most
#: of it waiting for a turn on the processor; so they take 19.)
NICE = 10

Private = RSAPrivateKey | Ed25519PrivateKey


def main() -> None:
    """Sign until standard input ends."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the sender's to answer
    keys = []
    while pem := _read():
        private = serialization.load_pem_private_key(pem, None)
        assert isinstance(private, Private)
        keys.append(private)
    while digests := _read():
        made = []
        for number, at in enumerate(range(0, len(digests), DIGEST_BYTES)):
            made.append(_signature(keys[number % len(keys)], digests[at : at + DIGEST_BYTES]))
        answer = b"".join(len(each).to_bytes(2, "big") + each for each in made)
        sys.stdout.buffer.write(len(answer).to_bytes(4, "big") + answer)
        sys.stdout.buffer.flush()


def _signature(private: Private, digest: bytes) -> bytes:
    if isinstance(private, RSAPrivateKey):
        return private.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    return private.sign(digest)


def _read() -> bytes:
    size = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(int.from_bytes(size, "big"))


if __name__ == "__main__":
    main()
