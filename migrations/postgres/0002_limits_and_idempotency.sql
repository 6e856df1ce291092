-- What services have used of their limits, and answers that a repeated request gets again.

-- Tokens left of each limit a minute. No row: the bucket is full.
CREATE TABLE rate_bucket (
  service_id uuid NOT NULL,
  key_type smallint NOT NULL,
  level bigint NOT NULL,                       -- in 60,000,000ths of a token
  at bigint NOT NULL,                          -- when it was that
  PRIMARY KEY (service_id, key_type)
) WITH (fillfactor = 50);

-- Messages accepted a UTC day. A commit for many messages adds to a row once, with the limit that applies: going
-- beyond it is refused by the row itself, whoever else is adding.
CREATE TABLE daily_count (
  service_id uuid NOT NULL,
  day integer NOT NULL,
  channel smallint NOT NULL,
  count bigint NOT NULL,
  ceiling bigint NOT NULL,
  PRIMARY KEY (service_id, day, channel),
  CONSTRAINT daily_limit CHECK (count <= ceiling)
) WITH (fillfactor = 50);

CREATE TABLE kept_answer (
  service_id uuid NOT NULL,
  key_type smallint NOT NULL,
  key bytea NOT NULL,                          -- keyed hash of the Idempotency-Key
  request bytea NOT NULL,                      -- keyed hash of what was asked
  status smallint NOT NULL,
  body bytea NOT NULL,                         -- sealed
  expires_at bigint NOT NULL,
  PRIMARY KEY (service_id, key_type, key)
);
ALTER TABLE kept_answer ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX kept_answer_expiry ON kept_answer(expires_at);
