"""The form of the cache's file: its name, its tables, and how a file of an older form is told."""

NAME = "objects-1.sqlite"
"""The number is that of the tables' form. One of another form by this name is begun anew."""

TABLES = """
PRAGMA auto_vacuum = FULL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS stores (
    number INTEGER PRIMARY KEY, store BLOB NOT NULL, rules BLOB NOT NULL, used INTEGER NOT NULL,
    packs BLOB NOT NULL, dirty BLOB NOT NULL, loose BLOB NOT NULL, missing BLOB NOT NULL,
    trail BLOB NOT NULL, clean INTEGER NOT NULL, digest BLOB NOT NULL, UNIQUE (store, rules));
CREATE TABLE IF NOT EXISTS chunks (
    number INTEGER PRIMARY KEY, store INTEGER NOT NULL, ids BLOB NOT NULL, digest BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_of ON chunks (store);
COMMIT;
"""

OURS = """
SELECT (SELECT count(*) FROM pragma_table_info('stores') WHERE name IN ('store', 'rules', 'digest')) = 3
AND (SELECT count(*) FROM pragma_table_info('chunks') WHERE name IN ('store', 'ids', 'digest')) = 3
"""
"""Whether a file is a cache, of whatever form; it has had these columns in each."""
