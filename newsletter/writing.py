"""A delivery that is ready in, the bytes that go out for it out. Reads the ledger."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from email.utils import parseaddr

from newsletter import verp
from newsletter.dkim import Signer, Signing
from newsletter.ledger import Ledger, Ready
from newsletter.message import Envelope, envelope
from newsletter.model import Newsletter
from newsletter.post import Post
from newsletter.tokens import preferences_url, unsubscribe_url
from newsletter.transport.protocol import Message

#: Editions whose words are kept at once: deliveries come edition by edition.
EDITIONS_MAX = 8


class Writer:
    """Writes messages. Lives for one run of deliveries."""

    def __init__(
        self, ledger: Ledger, post: Post, newsletter: Newsletter, secrets: Sequence[str]
    ) -> None:
        self.ledger, self.post, self.newsletter = ledger, post, newsletter
        self.secrets = secrets
        self.signer = Signer(post.keys)
        self._sender = parseaddr(newsletter.sender)[1]
        self._envelopes: OrderedDict[tuple[int, str], Envelope] = OrderedDict()

    def write(self, ready: Ready) -> Signing:
        """The message, and what of it has to be signed; the same on every attempt."""
        reader = ready.subscriber
        return self._envelope(ready).prepared(
            self.signer,
            reader,
            date=ready.dated_at,
            unsubscribe_url=unsubscribe_url(self.newsletter, self.secrets, reader),
            preferences_url=preferences_url(self.newsletter, self.secrets, reader),
            message_id=ready.delivery.message_id,
        )

    def signed(self, signing: Signing) -> Message:
        """The message signed here and now."""
        return signing.signed(
            key.sign(digest) for key, digest in zip(self.post.keys, signing.digests, strict=True)
        )

    def return_path(self, ready: Ready) -> str:
        """MAIL FROM: tells whose message came back, if somebody reads the bounces."""
        if not self.post.bounces:
            return self._sender
        return verp.address(
            self.post.bounces, self.secrets, ready.subscriber.key, ready.delivery.day
        )

    def _envelope(self, ready: Ready) -> Envelope:
        edition = (ready.delivery.edition, ready.subscriber.format)
        if edition not in self._envelopes:
            rendered = self.ledger.rendered(ready.delivery.edition).as_(ready.subscriber.format)
            self._envelopes[edition] = envelope(rendered, self.newsletter, ready.delivery.day)
            if len(self._envelopes) > EDITIONS_MAX:
                self._envelopes.popitem(last=False)
        return self._envelopes[edition]
