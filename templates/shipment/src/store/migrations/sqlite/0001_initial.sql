-- A shipment has the number of its first event.
CREATE TABLE shipments (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    shipment TEXT NOT NULL,
    origin BLOB,
    destination BLOB,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant, shipment)
) STRICT;

-- What changes with every event, apart from what does not: hundreds of rows share a page, so a batch dirties few.
CREATE TABLE heads (
    number INTEGER PRIMARY KEY,
    status INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL
) STRICT;

-- Sequences have no gaps: the writer gives them out, and a batch that fails takes its own back.
-- The events of a shipment are a chain through `previous`, so that a new one is only appended:
-- an index by shipment would dirty a page for every event.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    previous INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    shipment TEXT NOT NULL,
    event TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_by_id ON events (event, tenant);

-- The log of events is the outbox of the bus; this is how far it has been handed over.
CREATE TABLE outbox (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    published INTEGER NOT NULL
) STRICT;
INSERT INTO outbox VALUES (1, 0);
