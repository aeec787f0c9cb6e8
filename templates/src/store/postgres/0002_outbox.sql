-- One row: the version up to which changes have been told to other services. As long as nobody tells them it is
-- greater than all.
CREATE TABLE outbox (published BIGINT NOT NULL);
INSERT INTO outbox VALUES (9223372036854775807);
