-- What became of callbacks, and what signs them.

CREATE TABLE callback_event (
  id uuid PRIMARY KEY,                         -- webhook-id
  service_id uuid NOT NULL,
  happened_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  attempts integer NOT NULL,
  type integer NOT NULL,
  state integer NOT NULL,
  subject text COLLATE "C" NOT NULL,
  body bytea NOT NULL                          -- sealed
);
CREATE INDEX callback_event_service ON callback_event(service_id, happened_at, id);
CREATE INDEX callback_event_age ON callback_event(happened_at);

CREATE TABLE callback_attempt (
  event_id uuid NOT NULL,
  service_id uuid NOT NULL,
  at bigint NOT NULL,
  type integer NOT NULL,
  outcome integer NOT NULL,
  status integer NOT NULL,                     -- 0: no answer
  milliseconds integer NOT NULL
);
CREATE INDEX callback_attempt_service ON callback_attempt(service_id, at);
CREATE INDEX callback_attempt_age ON callback_attempt(at);

-- Only of endpoints that are in trouble.
CREATE TABLE callback_health (
  service_id uuid NOT NULL,
  type integer NOT NULL,
  failing_since bigint,
  off_since bigint,
  failures integer NOT NULL,
  off_reason text NOT NULL,
  PRIMARY KEY (service_id, type)
);

CREATE TABLE callback_secret (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  type integer NOT NULL,
  kind integer NOT NULL,
  created_at bigint NOT NULL,
  ends_at bigint,
  content bytea NOT NULL                       -- sealed
);
CREATE INDEX callback_secret_endpoint ON callback_secret(service_id, type);
