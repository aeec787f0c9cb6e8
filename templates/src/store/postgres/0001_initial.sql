-- The resources of all types.
CREATE TABLE record (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    created BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    private BYTEA NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE UNIQUE INDEX record_created ON record (kind, created);

-- Values that only one resource of a type may have.
CREATE TABLE unique_value (
    kind TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, field, value)
);
CREATE INDEX unique_value_id ON unique_value (kind, id);

-- The last changes, from which every server learns what the others did.
CREATE TABLE change (
    version BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    created BIGINT NOT NULL,
    body BYTEA NOT NULL,
    action SMALLINT NOT NULL
);

-- One row. Whoever writes holds it, so versions grow in the order of the commits.
CREATE TABLE last_write (version BIGINT NOT NULL);
INSERT INTO last_write VALUES (0);
