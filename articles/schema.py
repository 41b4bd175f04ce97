"""The tables about articles, as migrations. Touches SQLite only when applied.

`articles` is a public contract (docs/store.md): a CMS may write it directly. What newsdesk made of
a row lies beside it and is never written by anyone else. A migration is appended, never edited.
"""

from __future__ import annotations

from articles.database import Database, Migrations

migrations = Migrations("newsdesk.articles")

#: The columns whose change makes us look at a row again.
WATCHED = (
    "title, url, standfirst, body_html, body_text, authors, language, dateline, published_at,"
    " updated_at, section, tags, regions, image_url, image_alt, image_caption, image_credit,"
    " status, correction, related"
)


@migrations()
def m001_articles(db: Database) -> None:
    """What a newsroom writes, and the log of it."""
    for statement in (
        """
        CREATE TABLE desk (              -- what this store is, one row
            id            INTEGER PRIMARY KEY CHECK (id = 1),
            tag_authority TEXT NOT NULL, -- RFC 4151: a domain the newsroom owned on tag_date
            tag_date      TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE articles (          -- NULL is as good as '': a content system may leave it
            id            INTEGER PRIMARY KEY,
            uri           TEXT UNIQUE,   -- tag: URI; minted once by a trigger, never changed
            source        TEXT DEFAULT '',
            source_key    TEXT DEFAULT '',
            url           TEXT DEFAULT '',
            title         TEXT,
            standfirst    TEXT DEFAULT '',
            body_html     TEXT DEFAULT '',
            body_text     TEXT DEFAULT '',
            authors       TEXT DEFAULT '[]',
            language      TEXT DEFAULT '',
            dateline      TEXT DEFAULT '',
            published_at  TEXT DEFAULT '',
            updated_at    TEXT DEFAULT '',
            section       TEXT DEFAULT '',
            tags          TEXT DEFAULT '[]',
            regions       TEXT DEFAULT '[]',
            image_url     TEXT DEFAULT '',
            image_alt     TEXT DEFAULT '',
            image_caption TEXT DEFAULT '',
            image_credit  TEXT DEFAULT '',
            status        TEXT DEFAULT 'published'
                          CHECK (status IN ('published', 'draft', 'withdrawn')),
            correction    TEXT DEFAULT '',
            related       TEXT DEFAULT '[]'
        ) STRICT
        """,
        # A CMS leaves both empty; two of its rows are two articles.
        """
        CREATE UNIQUE INDEX articles_source ON articles (source, source_key) WHERE source_key <> ''
        """,
        """
        CREATE TABLE article_changes (   -- appended by triggers; jobs read past their own cursor
            seq        INTEGER PRIMARY KEY AUTOINCREMENT,
            article_id INTEGER NOT NULL,
            kind       TEXT NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'release'))
        ) STRICT
        """,
        """
        CREATE TRIGGER articles_inserted AFTER INSERT ON articles BEGIN
            UPDATE articles SET uri = (
                SELECT 'tag:' || tag_authority || ',' || tag_date || ':article/' || NEW.id FROM desk
            ) WHERE id = NEW.id AND uri IS NULL;
            INSERT INTO article_changes (article_id, kind) VALUES (NEW.id, 'insert');
        END
        """,
        f"""
        CREATE TRIGGER articles_updated AFTER UPDATE OF {WATCHED} ON articles BEGIN
            INSERT INTO article_changes (article_id, kind) VALUES (NEW.id, 'update');
        END
        """,
        """
        CREATE TRIGGER articles_deleted AFTER DELETE ON articles BEGIN
            INSERT INTO article_changes (article_id, kind) VALUES (OLD.id, 'delete');
        END
        """,
        """
        CREATE TRIGGER articles_keep_uri BEFORE UPDATE OF uri ON articles
        WHEN OLD.uri IS NOT NULL AND NEW.uri IS NOT OLD.uri BEGIN
            SELECT RAISE(ABORT, 'an article''s uri never changes: feed readers know it by it');
        END
        """,
        "CREATE TABLE cursors (job TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)


@migrations()
def m002_accepted(db: Database) -> None:
    """What newsdesk made of it: clean revisions, regions, stories, refusals."""
    for statement in (
        """
        CREATE TABLE revisions (         -- words that were live and are no longer; immutable
            article_id   INTEGER NOT NULL,
            revision     INTEGER NOT NULL,
            replaced_at  TEXT NOT NULL,
            document     TEXT NOT NULL CHECK (json_valid(document)),
            PRIMARY KEY (article_id, revision)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE accepted (          -- one row for each article we know, in its present state
            article_id   INTEGER PRIMARY KEY,
            uri          TEXT NOT NULL UNIQUE,
            url          TEXT,
            revision     INTEGER NOT NULL, -- counts changes of the words
            published_at TEXT NOT NULL,  -- never moves once live
            updated_at   TEXT NOT NULL,  -- moves with the words
            language     TEXT NOT NULL,
            state        TEXT NOT NULL CHECK (state IN ('live', 'held', 'withdrawn')),
            story_id     INTEGER REFERENCES stories (id),
            first_seen_at TEXT NOT NULL, -- stands in for a publication date that nobody gave
            regions      TEXT NOT NULL,  -- JSON list of slugs, most important first
            document     TEXT NOT NULL CHECK (json_valid(document)) -- the clean Article
        ) STRICT
        """,
        "CREATE INDEX accepted_by_state ON accepted (state, published_at)",
        """
        CREATE INDEX accepted_ungrouped ON accepted (published_at)
        WHERE state = 'live' AND story_id IS NULL
        """,
        "CREATE UNIQUE INDEX accepted_url ON accepted (url) WHERE state <> 'withdrawn'",
        "CREATE INDEX accepted_story ON accepted (story_id)",
        """
        CREATE TABLE placements (        -- why an article is where it is
            article_id INTEGER NOT NULL,
            rank       INTEGER NOT NULL, -- 0 is the most important
            code       TEXT NOT NULL,
            origin     TEXT NOT NULL CHECK (origin IN ('editor', 'tagger')),
            score      REAL NOT NULL,
            evidence   TEXT NOT NULL DEFAULT '[]',
            PRIMARY KEY (article_id, rank)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE region_articles (   -- what is in which feed: live articles only
            region       TEXT NOT NULL,  -- a slug, or 'all'
            published_at TEXT NOT NULL,
            article_id   INTEGER NOT NULL,
            PRIMARY KEY (region, published_at, article_id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX region_articles_article ON region_articles (article_id)",
        """
        CREATE TABLE region_changes (    -- the last change that touched a region's feed
            region     TEXT PRIMARY KEY,
            seq        INTEGER NOT NULL,
            changed_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE stories (
            id         INTEGER PRIMARY KEY AUTOINCREMENT,
            created_at TEXT NOT NULL,
            merged_into INTEGER REFERENCES stories (id)
        ) STRICT
        """,
        """
        CREATE TABLE refusals (          -- rows that are not published, and why
            article_id INTEGER PRIMARY KEY,
            refused_at TEXT NOT NULL,
            reason     TEXT NOT NULL
        ) STRICT
        """,
    ):
        db.execute(statement)


@migrations()
def m003_search(db: Database) -> None:
    """Full text over what was accepted, for the newsroom and for Datasette."""
    db.execute(
        """
        CREATE TABLE article_texts (     -- the present words of each article, for searching
            article_id INTEGER PRIMARY KEY,
            title      TEXT NOT NULL,
            standfirst TEXT NOT NULL,
            body       TEXT NOT NULL
        ) STRICT
        """
    )
    db.table("article_texts").enable_fts(
        ["title", "standfirst", "body"],
        tokenize="unicode61 remove_diacritics 2",
        create_triggers=True,
    )


@migrations()
def m004_region_decisions(db: Database) -> None:
    """What editors decided about regions, and with which table proposals were made."""
    for statement in (
        """
        CREATE TABLE region_decisions (  -- the editor's word, and an example to judge the tagger by
            article_id  INTEGER PRIMARY KEY,
            decided_at  TEXT NOT NULL,
            regions     TEXT NOT NULL,   -- JSON list of codes and slugs; [] is "in no region"
            row_regions TEXT NOT NULL,   -- what articles.regions was: a later word there wins
            proposed    TEXT NOT NULL,   -- JSON list of codes: what the tagger had said
            document    TEXT NOT NULL CHECK (json_valid(document)) -- the words it was said about
        ) STRICT
        """,
        """
        CREATE TABLE tagging (           -- which table the proposals were made with
            id           INTEGER PRIMARY KEY CHECK (id = 1),
            fingerprint  TEXT NOT NULL,
            next_article INTEGER         -- articles up to this one are still to be looked at
        ) STRICT
        """,
    ):
        db.execute(statement)


@migrations()
def m005_publications(db: Database) -> None:
    """What stands in the public folder, and the publication that is being made."""
    for statement in (
        """
        CREATE TABLE publication (       -- at most one: begun, and perhaps not yet shown
            id       TEXT PRIMARY KEY,
            begun_at TEXT NOT NULL,
            seq      INTEGER NOT NULL,   -- where the feeds' cursor goes when it is shown
            changes  TEXT NOT NULL CHECK (json_valid(changes)) -- [name, digest] of each file
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE published_files (   -- each file's last change; read past a cursor of one's own
            name       TEXT PRIMARY KEY, -- below the public folder: "feeds/syria.rss"
            seq        INTEGER NOT NULL, -- counts publications
            changed_at TEXT NOT NULL,
            digest     TEXT NOT NULL     -- SHA-256 of its bytes; '' where it was taken away
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX published_files_seq ON published_files (seq)",
    ):
        db.execute(statement)


@migrations()
def m006_versions_and_counts(db: Database) -> None:
    """What publishing would else have to read all articles for."""
    for statement in (
        """
        CREATE TABLE article_versions (  -- random, so that a restored backup never repeats one
            article_id INTEGER PRIMARY KEY,
            version    BLOB NOT NULL
        ) STRICT
        """,
        "INSERT INTO article_versions SELECT article_id, randomblob(8) FROM accepted",
        """
        CREATE TRIGGER accepted_is_new AFTER INSERT ON accepted BEGIN
            INSERT INTO article_versions VALUES (NEW.article_id, randomblob(8));
        END
        """,
        """
        CREATE TRIGGER accepted_is_changed AFTER UPDATE OF document, regions, story_id ON accepted
        WHEN NEW.document IS NOT OLD.document OR NEW.regions IS NOT OLD.regions
            OR NEW.story_id IS NOT OLD.story_id BEGIN
            UPDATE article_versions SET version = randomblob(8) WHERE article_id = NEW.article_id;
        END
        """,
        """
        CREATE TABLE region_counts (     -- how many live articles each region has, kept by triggers
            region   TEXT PRIMARY KEY,
            articles INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO region_counts SELECT region, count(*) FROM region_articles GROUP BY region",
        """
        CREATE TRIGGER region_articles_joined AFTER INSERT ON region_articles BEGIN
            INSERT INTO region_counts VALUES (NEW.region, 1)
            ON CONFLICT (region) DO UPDATE SET articles = articles + 1;
        END
        """,
        """
        CREATE TRIGGER region_articles_left AFTER DELETE ON region_articles BEGIN
            UPDATE region_counts SET articles = articles - 1 WHERE region = OLD.region;
        END
        """,
    ):
        db.execute(statement)


@migrations()
def m007_standing_sources(db: Database) -> None:
    """How far each feed that is followed, folder that is watched and foreign database was read."""
    for statement in (
        """
        CREATE TABLE sources (
            name       TEXT PRIMARY KEY,
            place      TEXT NOT NULL,    -- address, folder or file, and the query: another is new
            seen       TEXT NOT NULL CHECK (json_valid(seen)), -- etag, files, columns, ...
            looked_at  TEXT NOT NULL,
            next_at    TEXT,             -- NULL: never again; the feed said that it is gone
            failures   INTEGER NOT NULL, -- in a row
            problem    TEXT NOT NULL,    -- of the last look; '' if there was none
            changed_at TEXT NOT NULL,    -- when it last brought something; '' if never
            brought    TEXT NOT NULL CHECK (json_valid(brought)) -- what the last change brought
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE source_rows (       -- what a foreign database held
            source TEXT NOT NULL,
            key    TEXT NOT NULL,
            digest BLOB NOT NULL,        -- of the row's cells
            PRIMARY KEY (source, key)
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@migrations()
def m008_story_decisions(db: Database) -> None:
    """What editors decided about stories, and which articles' related pages are to be looked at."""
    for statement in (
        """
        CREATE TABLE story_decisions (   -- the editor's word: this article is in this story
            article_id INTEGER PRIMARY KEY,
            story_id   INTEGER NOT NULL REFERENCES stories (id),
            decided_at TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE related_due (       -- articles that came, changed or went since the last look
            article_id INTEGER PRIMARY KEY
        ) STRICT
        """,
        "INSERT INTO related_due SELECT article_id FROM accepted",
        """
        CREATE TRIGGER accepted_is_new_to_related AFTER INSERT ON accepted BEGIN
            INSERT INTO related_due SELECT NEW.article_id  -- OR IGNORE would be the caller's
            WHERE NEW.article_id NOT IN (SELECT article_id FROM related_due);
        END
        """,
        """
        CREATE TRIGGER accepted_is_due_to_related
        AFTER UPDATE OF document, regions, story_id, state ON accepted
        WHEN NEW.document IS NOT OLD.document OR NEW.regions IS NOT OLD.regions
            OR NEW.story_id IS NOT OLD.story_id OR NEW.state IS NOT OLD.state BEGIN
            INSERT INTO related_due SELECT NEW.article_id  -- OR IGNORE would be the caller's
            WHERE NEW.article_id NOT IN (SELECT article_id FROM related_due);
        END
        """,
    ):
        db.execute(statement)


@migrations()
def m010_filing(db: Database) -> None:
    """Sections, authors, tags, languages and stories are feeds as regions are; histories."""
    for statement in (
        """
        CREATE TABLE feed_labels (       -- what people call a section, an author or a tag
            feed  TEXT PRIMARY KEY,      -- as in region_articles: "tag_ports_ships"
            label TEXT NOT NULL          -- as it was first written
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE archives (          -- documents of a feed's older articles (RFC 5005)
            feed      TEXT NOT NULL,
            number    INTEGER NOT NULL,  -- 1 is the oldest
            name      TEXT NOT NULL,     -- "2026-10", "2026-10-2"
            sealed_at TEXT NOT NULL,     -- the same for all that were made in one run
            due       INTEGER NOT NULL CHECK (due IN (0, 1)), -- its files are still to be written
            PRIMARY KEY (feed, number),
            UNIQUE (feed, name)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX archives_due ON archives (feed) WHERE due = 1",
        """
        CREATE TABLE archived_articles ( -- what is in them, in which words: never changed
            feed       TEXT NOT NULL,
            number     INTEGER NOT NULL,
            article_id INTEGER NOT NULL,
            revision   INTEGER NOT NULL,
            PRIMARY KEY (feed, number, article_id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX archived_articles_article ON archived_articles (article_id)",
        # The revision that stands in an archive of this feed; 0 while none does.
        "ALTER TABLE region_articles ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",
        """
        CREATE INDEX region_articles_pending ON region_articles (region, published_at)
        WHERE archived = 0
        """,
        "CREATE INDEX region_changes_seq ON region_changes (seq)",
        "CREATE INDEX accepted_withdrawn ON accepted (updated_at) WHERE state = 'withdrawn'",
        # A story's feed follows the article; whoever groups articles need not know of feeds.
        """
        CREATE TRIGGER accepted_changes_story AFTER UPDATE OF story_id ON accepted
        WHEN NEW.story_id IS NOT OLD.story_id AND NEW.state = 'live' BEGIN
            INSERT INTO region_changes
                SELECT region, (SELECT coalesce(max(seq), 0) + 1 FROM region_changes),
                       NEW.updated_at
                FROM region_articles
                WHERE article_id = NEW.article_id
                    OR article_id IN (SELECT article_id FROM region_articles
                                      WHERE region IN ('story_' || OLD.story_id,
                                                       'story_' || NEW.story_id) LIMIT 2)
                GROUP BY region
                ON CONFLICT (region) DO UPDATE SET seq = excluded.seq;
            UPDATE article_versions SET version = randomblob(8) WHERE article_id IN (
                SELECT article_id FROM region_articles
                WHERE region IN ('story_' || OLD.story_id, 'story_' || NEW.story_id) LIMIT 2);
            DELETE FROM region_articles
                WHERE article_id = NEW.article_id AND region = 'story_' || OLD.story_id;
            INSERT INTO region_articles (region, published_at, article_id)
                SELECT 'story_' || NEW.story_id, NEW.published_at, NEW.article_id
                WHERE NEW.story_id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM region_articles
                    WHERE article_id = NEW.article_id AND region = 'story_' || NEW.story_id);
            INSERT INTO region_changes
                SELECT 'story_' || NEW.story_id,
                       (SELECT max(seq) FROM region_changes), NEW.updated_at
                WHERE NEW.story_id IS NOT NULL
                ON CONFLICT (region) DO UPDATE SET seq = excluded.seq;
        END
        """,
    ):
        db.execute(statement)


@migrations()
def m011_telling(db: Database) -> None:
    """Requests to be made of other hosts, and who asked our own hub to be told (WebSub)."""
    for statement in (
        """
        CREATE TABLE errands (
            id       INTEGER PRIMARY KEY AUTOINCREMENT, -- another one whenever there is a new cause
            kind     TEXT NOT NULL CHECK (kind IN ('tell', 'verify', 'deliver')),
            host     TEXT NOT NULL,      -- asked one thing at a time
            url      TEXT NOT NULL,
            topic    TEXT NOT NULL,      -- the address of a feed
            details  TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            due_at   TEXT NOT NULL,
            UNIQUE (kind, url, topic)    -- who missed three changes is told once
        ) STRICT
        """,
        "CREATE INDEX errands_due ON errands (due_at)",
        "CREATE INDEX errands_host ON errands (host, due_at)",
        """
        CREATE TABLE hub_subscriptions (
            callback   TEXT NOT NULL,
            topic      TEXT NOT NULL,
            host       TEXT NOT NULL,
            secret     TEXT NOT NULL,    -- signs what is delivered; '' where none was given
            expires_at TEXT NOT NULL,
            PRIMARY KEY (callback, topic)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX hub_subscriptions_topic ON hub_subscriptions (topic)",
    ):
        db.execute(statement)


@migrations()
def m012_first_stories(db: Database) -> None:
    """Stories that the editor wants first, for a while."""
    db.execute(
        """
        CREATE TABLE first_stories (
            story_id INTEGER PRIMARY KEY REFERENCES stories (id),
            until_at TEXT NOT NULL
        ) STRICT
        """
    )


@migrations()
def m013_related_marks(db: Database) -> None:
    """An article that changes while its related pages are written is due again."""
    for statement in (
        "ALTER TABLE related_due ADD COLUMN mark BLOB NOT NULL DEFAULT x''",  # of its last change
        "DROP TRIGGER accepted_is_new_to_related",
        "DROP TRIGGER accepted_is_due_to_related",
        # OR REPLACE would be the caller's.
        """
        CREATE TRIGGER accepted_is_new_to_related AFTER INSERT ON accepted BEGIN
            DELETE FROM related_due WHERE article_id = NEW.article_id;
            INSERT INTO related_due VALUES (NEW.article_id, randomblob(8));
        END
        """,
        """
        CREATE TRIGGER accepted_is_due_to_related
        AFTER UPDATE OF document, regions, story_id, state ON accepted
        WHEN NEW.document IS NOT OLD.document OR NEW.regions IS NOT OLD.regions
            OR NEW.story_id IS NOT OLD.story_id OR NEW.state IS NOT OLD.state BEGIN
            DELETE FROM related_due WHERE article_id = NEW.article_id;
            INSERT INTO related_due VALUES (NEW.article_id, randomblob(8));
        END
        """,
    ):
        db.execute(statement)
