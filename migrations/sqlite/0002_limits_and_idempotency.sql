-- What services have used of their limits, and answers that a repeated request gets again.

-- Tokens left of each limit a minute. No row: the bucket is full.
CREATE TABLE rate_bucket (
  service_id BLOB NOT NULL,
  key_type INTEGER NOT NULL,
  level INTEGER NOT NULL,             -- in 60,000,000ths of a token
  at INTEGER NOT NULL,                -- when it was that
  PRIMARY KEY (service_id, key_type)
) STRICT, WITHOUT ROWID;

-- Messages accepted a UTC day, and the limit that was last applied to them.
CREATE TABLE daily_count (
  service_id BLOB NOT NULL,
  day INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  count INTEGER NOT NULL,
  ceiling INTEGER NOT NULL,
  PRIMARY KEY (service_id, day, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_answer (
  service_id BLOB NOT NULL,
  key_type INTEGER NOT NULL,
  key BLOB NOT NULL,                  -- keyed hash of the Idempotency-Key
  request BLOB NOT NULL,              -- keyed hash of what was asked
  status INTEGER NOT NULL,
  body BLOB NOT NULL,                 -- sealed
  expires_at INTEGER NOT NULL,
  UNIQUE (service_id, key_type, key)
) STRICT;
CREATE INDEX kept_answer_expiry ON kept_answer(expires_at);
