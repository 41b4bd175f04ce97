"""Messages as mail servers and readers send them, for tests; every word of them made up."""

from __future__ import annotations

TO = "bounces+token@news.example"


def message(body: str, *, subject: str = "Re: The Meridian", to: str = TO, **fields: str) -> bytes:
    """A plain one; `In_Reply_To="<...>"` adds a field."""
    head = {
        "From": "Someone <someone@reader.example>",
        "To": to,
        "Subject": subject,
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "8bit",
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", *body.splitlines(), ""]).encode()


def dsn(
    *,
    to: str = TO,
    action: str = "failed",
    status: str = "5.1.1",
    reply: str = "smtp; 550 5.1.1 no such mailbox",
    recipient: str = "rfc822; gone@reader.example",
    original: str = "Message-ID: <20261122.abc@news.example>",
) -> bytes:
    """A delivery status notification, RFC 3464."""
    fields = [f"Final-Recipient: {recipient}", f"Action: {action}", f"Status: {status}"]
    if reply:
        fields.append(f"Diagnostic-Code: {reply}")
    return _report(
        to,
        "delivery-status",
        [
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.reader.example",
            "",
            *fields,
        ],
        original,
    )


def complaint(
    *, to: str = "abuse-desk@news.example", sender: str = TO, feedback: str = "abuse"
) -> bytes:
    """An abuse report, RFC 5965."""
    fields = [
        "Content-Type: message/feedback-report",
        "",
        f"Feedback-Type: {feedback}",
        "User-Agent: ExampleLoop/1.0",
        "Version: 1",
        f"Original-Mail-From: <{sender}>",
        "Original-Rcpt-To: <reader@reader.example>",
    ]
    return _report(to, "feedback-report", fields, "Subject: A morning's news")


def _report(to: str, kind: str, part: list[str], original: str) -> bytes:
    lines = [
        "From: Mail System <mailer-daemon@reader.example>",
        f"To: {to}",
        "Subject: Could not be delivered",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind}; boundary="=_b"',
        "",
        *("--=_b", "Content-Type: text/plain", "", "For people: it did not work.", ""),
        *("--=_b", *part, ""),
        *("--=_b", "Content-Type: text/rfc822-headers", "", original, ""),
        "--=_b--",
        "",
    ]
    return "\r\n".join(lines).encode()


QMAIL = message(
    "Hi. This is the qmail-send program at mx.reader.example.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n"
    "\n"
    "<gone@reader.example>:\n"
    "Sorry, no mailbox here by that name. (#5.1.1)\n"
    "\n"
    "--- Below this line is a copy of the message.\n"
    "\n"
    "Return-Path: <bounces+token@news.example>\n",
    subject="failure notice",
)
EXIM = message(
    "This message was created automatically by mail delivery software.\n"
    "\n"
    "A message that you sent could not be delivered to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n"
    "\n"
    "  gone@reader.example\n"
    "    550 5.1.1 unknown here\n",
    subject="Mail delivery failed: returning message to sender",
    X_Failed_Recipients="gone@reader.example",
)
