CREATE TABLE shipments (
    tenant TEXT NOT NULL,
    shipment TEXT NOT NULL,
    status INTEGER NOT NULL,
    origin BYTEA,
    destination BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    first_sequence BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    PRIMARY KEY (tenant, shipment)
) WITH (fillfactor = 70);

CREATE TABLE events (
    sequence BIGINT PRIMARY KEY,
    previous BIGINT NOT NULL,
    tenant TEXT NOT NULL,
    shipment TEXT NOT NULL,
    event TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    body BYTEA NOT NULL
);

CREATE INDEX events_by_shipment ON events (tenant, shipment, sequence);
CREATE UNIQUE INDEX events_by_id ON events (event, tenant);

-- One row. Whoever writes locks it, so that batches of several replicas follow one another and sequences
-- have no gaps. The log of events is the outbox of the bus; `published` is how far it has been handed over.
CREATE TABLE head (
    only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    last_sequence BIGINT NOT NULL,
    last_recorded_at BIGINT NOT NULL,
    published BIGINT NOT NULL
);
INSERT INTO head VALUES (TRUE, 0, 0, 0);
