"""The tables of the newsletter, as migrations. Touches SQLite only when applied.

The rules the business lives by are constraints and triggers here, not habits of the code above:
nobody gets two digests on one local date, no delivery leaves a final state, every step of every
delivery is on record. A migration is appended, never edited.
"""

from __future__ import annotations

from articles.database import Database, Migrations

migrations = Migrations("newsdesk.newsletter")

#: From which state a delivery may go to which; docs/sending.md draws it.
STEPS = {
    "planned": ("attempting", "deferred", "refused", "cancelled", "expired", "doubt"),
    "deferred": ("attempting", "deferred", "refused", "cancelled", "expired", "doubt"),
    "attempting": ("sent", "deferred", "refused", "doubt"),
    "doubt": ("sent", "planned", "cancelled"),  # only an operator's word, or evidence
}


@migrations()
def m001_subscribers(db: Database) -> None:
    """Who asked for the digest, and who must never get it again."""
    for statement in (
        """
        CREATE TABLE newsletter_salt (    -- one row; makes the hashes below useless elsewhere
            id   INTEGER PRIMARY KEY CHECK (id = 1),
            salt BLOB NOT NULL
        ) STRICT
        """,
        "INSERT INTO newsletter_salt VALUES (1, randomblob(32))",
        """
        CREATE TABLE subscribers (
            id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- an id is never given twice
            key          TEXT NOT NULL UNIQUE CHECK (length(key) = 32),
            address      TEXT NOT NULL,         -- as typed
            address_key  TEXT NOT NULL UNIQUE,  -- where mail goes: local part as is, domain in IDNA
            address_hash TEXT NOT NULL,         -- what a suppression knows it by
            regions      TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(regions)),  -- [] is all
            hour         TEXT NOT NULL CHECK (hour GLOB '[0-2][0-9]:[0-5][0-9]'),
            time_zone    TEXT NOT NULL,
            language     TEXT NOT NULL,
            asked_at     TEXT NOT NULL,
            source       TEXT NOT NULL,         -- how they asked: the evidence of consent
            state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'removed')),
            changed_at   TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX subscribers_clock ON subscribers (state, time_zone, hour, id)",
        "CREATE INDEX subscribers_hash ON subscribers (address_hash)",
        """
        CREATE TABLE suppressions (       -- outlives the subscriber; holds no address
            address_hash TEXT PRIMARY KEY,
            reason       TEXT NOT NULL,
            at           TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@migrations()
def m002_ledger(db: Database) -> None:
    """What was written, who gets it, and how far that got."""
    steps = ", ".join(f"'{old}>{new}'" for old, news in STEPS.items() for new in news)
    for statement in (
        """
        CREATE TABLE editions (           -- the words, frozen: what every reader of it got
            id         INTEGER PRIMARY KEY,
            day        TEXT NOT NULL,
            digest     TEXT NOT NULL,     -- SHA-256 of the words
            subject    TEXT NOT NULL,
            html       TEXT NOT NULL,
            text       TEXT NOT NULL,
            language   TEXT NOT NULL,
            seal       TEXT NOT NULL,     -- marks where a reader's own words go
            document   TEXT NOT NULL CHECK (json_valid(document)),  -- what it told, in brief
            created_at TEXT NOT NULL,
            UNIQUE (day, digest)
        ) STRICT
        """,
        """
        CREATE TABLE edition_articles (
            edition_id INTEGER NOT NULL REFERENCES editions (id) ON DELETE CASCADE,
            article    INTEGER NOT NULL,
            revision   INTEGER NOT NULL,
            correction TEXT NOT NULL,     -- the note it carried then
            PRIMARY KEY (edition_id, article)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE deliveries (
            id            INTEGER PRIMARY KEY,
            subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
            day           TEXT NOT NULL,
            edition_id    INTEGER REFERENCES editions (id),
            state         TEXT NOT NULL CHECK (state IN ('planned', 'attempting', 'sent',
                          'deferred', 'refused', 'doubt', 'cancelled', 'expired', 'quiet')),
            message_id    TEXT UNIQUE,
            dated_at      TEXT NOT NULL,  -- the message's Date, the same on every attempt
            attempts      INTEGER NOT NULL DEFAULT 0,
            next_at       TEXT NOT NULL,
            deadline_at   TEXT NOT NULL,  -- later than this it is no news; the next digest tells it
            changed_at    TEXT NOT NULL,
            reply         TEXT NOT NULL DEFAULT '',  -- the server's last words
            UNIQUE (subscriber_id, day),  -- nobody gets two on one local date, whatever crashes
            CHECK ((state = 'quiet') = (edition_id IS NULL)),  -- quiet: there was nothing to tell
            CHECK ((edition_id IS NULL) = (message_id IS NULL))
        ) STRICT
        """,
        """
        CREATE INDEX deliveries_waiting ON deliveries (next_at)
        WHERE state IN ('planned', 'deferred')
        """,
        """
        CREATE INDEX deliveries_unsettled ON deliveries (state)
        WHERE state IN ('attempting', 'doubt')
        """,
        "CREATE INDEX deliveries_day ON deliveries (day, state)",
        "CREATE INDEX deliveries_edition ON deliveries (edition_id)",
        """
        CREATE TABLE delivery_events (    -- every step, appended by a trigger
            id          INTEGER PRIMARY KEY,
            delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
            at          TEXT NOT NULL,
            state       TEXT NOT NULL,
            reply       TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX delivery_events_delivery ON delivery_events (delivery_id)",
        f"""
        CREATE TRIGGER deliveries_step BEFORE UPDATE OF state ON deliveries
        WHEN OLD.state || '>' || NEW.state NOT IN ({steps}) BEGIN
            SELECT RAISE(ABORT, 'a delivery cannot take this step');
        END
        """,
        """
        CREATE TRIGGER deliveries_stepped AFTER UPDATE OF state ON deliveries BEGIN
            INSERT INTO delivery_events (delivery_id, at, state, reply)
            VALUES (NEW.id, NEW.changed_at, NEW.state, NEW.reply);
        END
        """,
        """
        CREATE TABLE mail_pause (         -- the mail server is in trouble: ask again later
            id       INTEGER PRIMARY KEY CHECK (id = 1),
            until_at TEXT NOT NULL,
            failures INTEGER NOT NULL,
            reply    TEXT NOT NULL
        ) STRICT
        """,
    ):
        db.execute(statement)


@migrations()
def m003_reading(db: Database) -> None:
    """How readers want it, days, length and format; and what was only counted to them."""
    for statement in (
        # Bit 0 is Monday.
        """
        ALTER TABLE subscribers ADD COLUMN days INTEGER NOT NULL DEFAULT 127
            CHECK (days BETWEEN 1 AND 127)
        """,
        """
        ALTER TABLE subscribers ADD COLUMN minutes INTEGER NOT NULL DEFAULT 5
            CHECK (minutes IN (2, 5, 10))
        """,
        """
        ALTER TABLE subscribers ADD COLUMN format TEXT NOT NULL DEFAULT 'html'
            CHECK (format IN ('html', 'text'))
        """,
        # 0: counted ("and 7 more"), never named: there is nothing to correct in it.
        "ALTER TABLE edition_articles ADD COLUMN shown INTEGER NOT NULL DEFAULT 1",
    ):
        db.execute(statement)


@migrations()
def m004_returns(db: Database) -> None:
    """What came back: one fact a subscriber, edition and kind, however often it is reported."""
    for statement in (
        """
        CREATE TABLE mail_returns (
            subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
            day           TEXT NOT NULL,  -- the edition's; of a wish to leave, that of its arrival
            kind          TEXT NOT NULL CHECK (kind IN ('failed', 'delayed', 'complaint',
                          'unsubscribe', 'stop')),
            at            TEXT NOT NULL,
            status        TEXT NOT NULL,  -- RFC 3463
            reply         TEXT NOT NULL,
            PRIMARY KEY (subscriber_id, day, kind)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX mail_returns_at ON mail_returns (at)",
    ):
        db.execute(statement)


@migrations()
def m005_pages(db: Database) -> None:
    """Where an edition can be read again, and which editions told an article."""
    db.execute("ALTER TABLE editions ADD COLUMN page TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX edition_articles_article ON edition_articles (article)")


@migrations()
def m006_signups(db: Database) -> None:
    """Who asked by a form, what they agreed to, and who wants no digest for a while."""
    for statement in (
        """
        CREATE TABLE signups (            -- forgotten after two days, confirmed or not
            id          INTEGER PRIMARY KEY AUTOINCREMENT,
            key         TEXT NOT NULL UNIQUE CHECK (length(key) = 32),
            address     TEXT NOT NULL,
            address_key TEXT NOT NULL,
            wish        TEXT NOT NULL CHECK (json_valid(wish)),
            words       TEXT NOT NULL,    -- what stood beside the button
            page        TEXT NOT NULL,    -- the form's address
            asked_at    TEXT NOT NULL,
            state       TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'waiting',
                        'attempting', 'mailed', 'confirmed', 'refused', 'dropped')),
            letter      TEXT NOT NULL DEFAULT '' CHECK (letter IN ('', 'confirm', 'known')),
            attempts    INTEGER NOT NULL DEFAULT 0,
            next_at     TEXT NOT NULL,
            changed_at  TEXT NOT NULL,
            reply       TEXT NOT NULL DEFAULT ''
        ) STRICT
        """,
        "CREATE INDEX signups_state ON signups (state, id)",
        "CREATE INDEX signups_address ON signups (address_key, id)",
        "CREATE INDEX signups_asked ON signups (asked_at)",
        """
        CREATE TABLE consents (
            subscriber_id INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
            confirmed_at  TEXT NOT NULL,
            asked_at      TEXT NOT NULL,
            page          TEXT NOT NULL,
            words         TEXT NOT NULL,
            PRIMARY KEY (subscriber_id, confirmed_at)
        ) STRICT, WITHOUT ROWID
        """,
        # The first local date on which they want one again; NULL is now.
        "ALTER TABLE subscribers ADD COLUMN paused_until TEXT",
    ):
        db.execute(statement)


@migrations()
def m007_servers(db: Database) -> None:
    """Several mail servers; the operator's pause; the first event of a delivery is its planning."""
    for statement in (
        "ALTER TABLE deliveries ADD COLUMN server TEXT NOT NULL DEFAULT ''",
        "DROP INDEX deliveries_waiting",
        """
        CREATE INDEX deliveries_queue ON deliveries (attempts, edition_id, id)
        WHERE state IN ('planned', 'deferred')
        """,
        "DROP TABLE mail_pause",
        """
        CREATE TABLE mail_trouble (       -- a server is in trouble: ask again later
            server   TEXT PRIMARY KEY,
            until_at TEXT NOT NULL,
            failures INTEGER NOT NULL,
            reply    TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE mail_counts (        -- what each server was given on a day, in UTC
            server   TEXT NOT NULL,
            day      TEXT NOT NULL,
            messages INTEGER NOT NULL,
            PRIMARY KEY (server, day)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE mail_hold (          -- the operator paused all sending
            id     INTEGER PRIMARY KEY CHECK (id = 1),
            at     TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TRIGGER deliveries_opened AFTER INSERT ON deliveries BEGIN
            INSERT INTO delivery_events (delivery_id, at, state, reply)
            VALUES (NEW.id, NEW.changed_at, NEW.state, '');
        END
        """,
    ):
        db.execute(statement)


@migrations()
def m008_cheaper_steps(db: Database) -> None:
    """The same steps, asked for in a third of the time; a day's deliveries by the day alone.

    SQLite builds a table anew, each time a trigger runs, for `IN` with more than two values; and an
    index with the state in it was rewritten at each step. Both were a third of the ledger's time.
    """
    for statement in (
        "DROP TRIGGER deliveries_step",
        _step_trigger(),
        "DROP INDEX deliveries_day",
        "CREATE INDEX deliveries_day ON deliveries (day)",
    ):
        db.execute(statement)


@migrations()
def m009_restores(db: Database) -> None:
    """What is known when the store is put back from a backup (newsletter/journal.py)."""
    for statement in (
        """
        CREATE TABLE mail_commits (       -- the number of the last commit that let messages go
            id     INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL
        ) STRICT
        """,
        "INSERT INTO mail_commits VALUES (1, 0)",
        """
        CREATE TABLE mail_fence (         -- let go by a later state of this store
            message_id TEXT PRIMARY KEY,
            at         TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE mail_restores (
            at       TEXT PRIMARY KEY,    -- when it was found
            until_at TEXT NOT NULL,       -- messages went out until then
            messages INTEGER NOT NULL,
            named    INTEGER NOT NULL     -- 0: nobody knows which, so all digests until then
        ) STRICT, WITHOUT ROWID
        """,
        "DROP TRIGGER deliveries_step",
        _step_trigger(),
    ):
        db.execute(statement)


@migrations()
def m010_fewer_indexes(db: Database) -> None:
    """Nothing asks for the deliveries of an edition; each reader's put a page of it on the disk."""
    db.execute("DROP INDEX deliveries_edition")


def _step_trigger() -> str:
    allowed = " OR ".join(
        f"OLD.state = '{old}' AND ({_either('NEW.state', news)})" for old, news in STEPS.items()
    )
    return f"""
        CREATE TRIGGER deliveries_step BEFORE UPDATE OF state ON deliveries
        WHEN NOT ({allowed}) BEGIN
            SELECT RAISE(ABORT, 'a delivery cannot take this step');
        END
        """


def _either(column: str, values: tuple[str, ...]) -> str:
    return " OR ".join(f"{column} = '{each}'" for each in values)
