-- What became of callbacks, and what signs them.

CREATE TABLE callback_event (
  id BLOB NOT NULL UNIQUE,            -- webhook-id
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  subject TEXT NOT NULL,
  body BLOB NOT NULL,                 -- sealed
  happened_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX callback_event_service ON callback_event(service_id, happened_at, id);
CREATE INDEX callback_event_age ON callback_event(happened_at);

CREATE TABLE callback_attempt (
  event_id BLOB NOT NULL,
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  status INTEGER NOT NULL,            -- 0: no answer
  milliseconds INTEGER NOT NULL
) STRICT;
CREATE INDEX callback_attempt_service ON callback_attempt(service_id, at);
CREATE INDEX callback_attempt_age ON callback_attempt(at);

-- Only of endpoints that are in trouble.
CREATE TABLE callback_health (
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  failing_since INTEGER,
  failures INTEGER NOT NULL,
  off_since INTEGER,
  off_reason TEXT NOT NULL,
  PRIMARY KEY (service_id, type)
) STRICT;

CREATE TABLE callback_secret (
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  content BLOB NOT NULL,              -- sealed
  created_at INTEGER NOT NULL,
  ends_at INTEGER
) STRICT;
CREATE INDEX callback_secret_endpoint ON callback_secret(service_id, type);
