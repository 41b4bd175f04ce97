"""A morning's deliveries into smtp-sink, signed twice, beside what else can fill a mail server.

READERS=100000 EDITIONS=200 ROUNDS=1 make bench NAMES=sending     the whole
READERS=10000 make bench NAMES=sending                            a tenth, three times over
NODE_PATH=FOLDER                                where npm's nodemailer lies, to have it too

All take turns, and medians are compared. Needs Debian's postfix package (smtp-sink, smtp-source)
and, as root, the user nobody.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import smtplib
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from statistics import median

import dkim as dkimpy

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import Figure, interleaved

from newsletter import dkim
from newsletter.digest import PLAN_BATCH, deliver
from newsletter.dkim import Signer
from newsletter.hours import Slot
from newsletter.ledger import Clock, Planned, Written
from newsletter.message import UNSIGNED, envelope, message_id
from newsletter.post import Post, Server
from newsletter.render import render
from newsletter.subscribers import active
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.editions import DAY, NEWSLETTER, READER, UNSUBSCRIBE, ordinary_day
from tests.newsletter.mail_desk import MORNING, SECRETS, Desk

READERS = int(os.environ.get("READERS", "3000"))
EDITIONS = int(os.environ.get("EDITIONS", "60"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CONNECTIONS = 20

#: The slow peers are measured with fewer messages, and compared by their rates.
FEW = int(os.environ.get("FEW", "60"))
SOME = int(os.environ.get("SOME", "2000"))

RSA = dkim.generated("bench-rsa", "news.example.org", "rsa")
ED25519 = dkim.generated("bench-ed", "news.example.org", "ed25519")
RENDERED = render(ordinary_day(), NEWSLETTER)


def figures(folder: Path) -> Iterator[Figure]:
    rates: dict[str, list[float]] = {}
    works: dict[str, list[float]] = {}
    shares, megabytes = [], []

    def note(name: str, count: int, took_s: float, work_s: float) -> None:
        rates.setdefault(name, []).append(count / took_s)
        works.setdefault(name, []).append(1000 * work_s / count)

    with sink() as (port, process):
        for number in range(ROUNDS):
            before = sink_s(process)
            ours = delivered(folder / f"desk{number}", port)
            note("ours", READERS, ours["took_s"], ours["work_s"] + sink_s(process) - before)
            shares.append(100 * ours["ledger_s"] / ours["took_s"])
            megabytes.append(ours["own_mb"] + ours["signers_mb"])
            peers = {
                "naive": (FEW, lambda at=number: naive(folder / f"naive{at}.db", port)),
                "smtp-source": (SOME, lambda: smtp_source(port)),
            }
            if "NODE_PATH" in os.environ:
                peers["nodemailer"] = (SOME, lambda: nodemailer(folder, port))
            for name, (count, way) in peers.items():
                before = sink_s(process) + sum(os.times()[:4])
                took = way()
                work = sink_s(process) + sum(os.times()[:4]) - before
                note(name, count, took, work)
    rate = {name: median(found) for name, found in rates.items()}
    spent = {name: median(found) for name, found in works.items()}
    yield Figure(
        what="messages, both signatures, full ledger",
        value=rate["ours"],
        unit="a second",
        at_least=1100,
        details=rate
        | {"kB a message": len(signed()) / 1000, "readers": READERS, "editions": EDITIONS}
        | {"load": os.getloadavg()[0]},
    )
    yield Figure(
        what="the same by processor time: what these processors can give if nobody else has them",
        value=1000 * (os.cpu_count() or 1) / spent["ours"],
        unit="a second",
        at_least=1100,
        details={f"ms of {name}, with smtp-sink's": ms for name, ms in spent.items()},
    )
    for peer, least in (("naive", 25.0), ("smtp-source", 1.0), ("nodemailer", 1.0)):
        if peer in rate:
            ratio = rate["ours"] / rate[peer]
            yield Figure(what="our rate", value=ratio, unit=f"x {peer}", at_least=least)
    share, most = median(shares), max(megabytes)
    yield Figure(what="the ledger's share of the sending", value=share, unit="%", at_most=10)
    yield Figure(what="memory, all our processes", value=most, unit="MB", at_most=200)
    yield from signing()


def delivered(folder: Path, port: int) -> dict[str, float]:
    """A morning by a process of its own, whose memory has seen nothing else; see `send`."""
    folder.mkdir()
    plan(folder)
    done = subprocess.run(
        [sys.executable, __file__, folder, str(port)], stdout=subprocess.PIPE, check=True
    )
    shutil.rmtree(folder)
    found = json.loads(done.stdout)
    assert found.pop("sent") == READERS, found
    return found


def send(folder: Path, port: int) -> dict[str, float]:
    """Offer what is planned; seconds, of those the ledger's, and the most memory held."""
    desk = Desk.open(folder, create=False)
    smtp = Smtp(SmtpSettings(host="127.0.0.1", port=port, hello="desk"))
    server = Server(transport=smtp, name="sink", connections=CONNECTIONS)
    post = Post(servers=(server,), keys=(RSA, ED25519))
    with memory_of_children() as signers_mb:
        began, worked = time.perf_counter(), time.process_time()
        done = deliver(desk.ledger, post, NEWSLETTER, SECRETS, lambda: MORNING)
        took, own_cpu = time.perf_counter() - began, time.process_time() - worked
        signers = resource.getrusage(resource.RUSAGE_CHILDREN)
    desk.store.close()
    return {
        "sent": done["sent"],
        "took_s": took,
        "ledger_s": done.ledger_s,
        "work_s": own_cpu + signers.ru_utime + signers.ru_stime,
        "own_mb": memory_mb("self"),
        "signers_mb": sum(signers_mb.values()),
    }


def sink_s(process: int) -> float:
    """The processor time of smtp-sink so far."""
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: str) -> float:
    """The most a process ever held. (`ru_maxrss` would be that of whoever started it.)"""
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(kilobytes) / 1000


@contextmanager
def memory_of_children() -> Iterator[dict[str, float]]:
    """What each process that we start holds at most, looked at now and then."""
    most: dict[str, float] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.3):
            for path in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError, ValueError):
                    most.update((each, memory_mb(each)) for each in path.read_text().split())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def plan(folder: Path) -> None:
    """Readers, editions and deliveries, straight into the ledger."""
    desk = Desk.open(folder)
    at = (MORNING - timedelta(days=9)).isoformat()
    connection = desk.store.db.conn
    assert connection is not None
    with connection:
        connection.executemany(
            """
            INSERT INTO subscribers (key, address, address_key, address_hash, hour, time_zone,
                                     language, asked_at, source, changed_at)
            VALUES (?, ?, ?, ?, '07:00', 'UTC', 'en', ?, 'bench', ?)
            """,
            (
                (f"{n:032x}", f"reader{n}@example.org", f"reader{n}@example.org", f"{n}", at, at)
                for n in range(READERS)
            ),
        )
    words = [
        Written(
            edition=ordinary_day(),
            rendered=replace(RENDERED, html=RENDERED.html.replace("</title>", f" {n}</title>")),
        )
        for n in range(EDITIONS)
    ]
    slot = Slot(who=Clock(READER.hour, "UTC"), day=DAY, at=MORNING)
    planned = [
        Planned(
            subscriber=each,
            slot=slot,
            message_id=message_id(NEWSLETTER, DAY, each, secret=SECRETS[0]),
            deadline_at=MORNING + timedelta(hours=6),
            written=words[n * EDITIONS // READERS],
        )
        for n, each in enumerate(active(desk.store.db))
    ]
    frozen: dict[Written, int] = {}
    for at_row in range(0, READERS, PLAN_BATCH):
        desk.ledger.plan(planned[at_row : at_row + PLAN_BATCH], MORNING, frozen)
    desk.store.close()


def naive(path: Path, port: int) -> float:
    """smtplib, EmailMessage, dkimpy twice, and a row when the server has said 250."""
    ledger = sqlite3.connect(path)
    ledger.execute("CREATE TABLE sent (address TEXT PRIMARY KEY)")
    began = time.perf_counter()
    for number in range(FEW):
        letter = EmailMessage()
        letter["From"], letter["Subject"] = NEWSLETTER.sender, RENDERED.subject
        letter["To"] = address = f"reader{number}@example.org"
        letter.set_content(RENDERED.text)
        letter.add_alternative(RENDERED.html, subtype="html")
        raw = letter.as_bytes().replace(b"\n", b"\r\n")
        for key in (RSA, ED25519):
            raw = dkimpy_signed(raw, key) + raw
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail("digest@news.example.org", [address], raw)
        with ledger:
            ledger.execute("INSERT INTO sent VALUES (?)", (address,))
    took = time.perf_counter() - began
    ledger.close()
    return took


def dkimpy_signed(raw: bytes, key: dkim.Key) -> bytes:
    import base64

    from cryptography.hazmat.primitives import serialization as form

    if key.algorithm == "rsa":
        return dkimpy.sign(raw, key.selector.encode(), key.domain.encode(), key.pem)
    bare = form.load_pem_private_key(key.pem, None).private_bytes(
        form.Encoding.Raw, form.PrivateFormat.Raw, form.NoEncryption()
    )
    return dkimpy.sign(
        raw,
        key.selector.encode(),
        key.domain.encode(),
        base64.b64encode(bare),
        signature_algorithm=b"ed25519-sha256",
    )


def smtp_source(port: int) -> float:
    """Postfix's own generator, one session, messages of our size, neither signed nor recorded."""
    source = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
    began = time.perf_counter()
    size, count = str(len(signed())), str(SOME)
    to = ("-f", "digest@news.example.org", "-t", "reader@example.org", f"127.0.0.1:{port}")
    subprocess.run([source, "-s", "1", "-d", "-l", size, "-m", count, *to], check=True)
    return time.perf_counter() - began


def nodemailer(folder: Path, port: int) -> float:
    """npm's nodemailer with a pool of as many connections, unsigned and unrecorded."""
    (folder / "text").write_text(RENDERED.text)
    (folder / "html").write_text(RENDERED.html)
    script = f"""
        const fs = require("fs"), nodemailer = require("nodemailer");
        const text = fs.readFileSync("{folder}/text"), html = fs.readFileSync("{folder}/html");
        const pool = nodemailer.createTransport({{host: "127.0.0.1", port: {port}, pool: true,
            maxConnections: {CONNECTIONS}, maxMessages: Infinity, ignoreTLS: true}});
        (async () => {{
            const began = process.hrtime.bigint();
            await Promise.all([...Array({SOME}).keys()].map(n => pool.sendMail({{
                from: "digest@news.example.org", to: `reader${{n}}@example.org`,
                subject: "Digest", text: text.toString(), html: html.toString() }})));
            console.log(Number(process.hrtime.bigint() - began) / 1e9);
            pool.close();
        }})();
    """
    done = subprocess.run(["node", "-e", script], check=True, capture_output=True, text=True)
    return float(done.stdout)


def signing() -> Iterator[Figure]:
    """Both signatures beside the bare cryptography of two digests."""
    signer, digest, rounds = Signer((RSA, ED25519)), bytes(32), range(60)
    found = interleaved(
        {
            "signed": lambda: [signed(signer) for _ in rounds],
            "unsigned": lambda: [prepared(UNSIGNED).message for _ in rounds],
            "bare": lambda: [key.sign(digest) for _ in rounds for key in (RSA, ED25519)],
        }
    )
    ratio = (found["signed"] - found["unsigned"]) / found["bare"]
    yield Figure(
        what="both signatures", value=ratio, unit="x bare cryptography", at_most=1.3, details=found
    )


def prepared(signer: Signer) -> dkim.Signing:
    return envelope(RENDERED, NEWSLETTER, DAY).prepared(
        signer,
        READER,
        date=MORNING,
        unsubscribe_url=UNSUBSCRIBE,
        message_id="<20261122.0@news.example.org>",
    )


def signed(signer: Signer | None = None) -> bytes:
    signer = signer or Signer((RSA, ED25519))
    ready = prepared(signer)
    return b"".join(
        ready.signed(
            key.sign(digest) for key, digest in zip(signer.keys, ready.digests, strict=True)
        )
    )


@contextmanager
def sink() -> Iterator[tuple[int, int]]:
    """Its port, its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *who, f"127.0.0.1:{port}", "1000"])
    try:
        for _ in range(100):
            time.sleep(0.05)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(send(Path(sys.argv[1]), int(sys.argv[2]))))
