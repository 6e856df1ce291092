-- Ids are UUIDs; instants are microseconds since 1970 UTC; days are days since 1970-01-01. Small integers stand
-- for enumerators, see src/adapters/store_common/codes.h. "sealed" columns are encrypted by the key ring. Texts
-- are ordered by their bytes, whatever the database's collation.

CREATE TABLE service (
  id uuid PRIMARY KEY,
  name_key text COLLATE "C" NOT NULL UNIQUE,   -- the name in lower case (ASCII)
  document bytea NOT NULL                      -- sealed JSON
);

CREATE TABLE api_key (
  number bigint GENERATED ALWAYS AS IDENTITY,  -- the order of creation
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  name text COLLATE "C" NOT NULL,
  type smallint NOT NULL,
  secret bytea NOT NULL,                       -- sealed
  created_at bigint NOT NULL,
  revoked_at bigint
);
CREATE INDEX api_key_service ON api_key(service_id, created_at, number);
CREATE UNIQUE INDEX api_key_name ON api_key(service_id, name) WHERE revoked_at IS NULL;

CREATE TABLE callback (
  service_id uuid NOT NULL,
  type smallint NOT NULL,
  url text NOT NULL,
  bearer_token bytea NOT NULL,                 -- sealed
  PRIMARY KEY (service_id, type)
);

CREATE TABLE template (
  id uuid NOT NULL,
  version integer NOT NULL,
  service_id uuid NOT NULL,
  document bytea NOT NULL,                     -- sealed JSON
  PRIMARY KEY (id, version)
);
CREATE INDEX template_service ON template(service_id, id, version);

-- A change of state must not touch an index of texts and emails, so that it stays within its page (a heap-only
-- update): what the letters' indexes look at are columns that only letters have.
CREATE TABLE notification (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  template_id uuid NOT NULL,
  api_key_id uuid,
  job_id uuid,
  created_at bigint NOT NULL,
  sent_at bigint,
  updated_at bigint,
  rate_multiplier double precision NOT NULL,
  template_version integer NOT NULL,
  billable_units integer NOT NULL,
  job_row integer,
  type smallint NOT NULL,
  status smallint NOT NULL,
  key_type smallint NOT NULL,
  postage smallint,
  letter_status smallint GENERATED ALWAYS AS (CASE WHEN type = 2 THEN status END) STORED,
  letter_sheets integer GENERATED ALWAYS AS (CASE WHEN type = 2 THEN billable_units END) STORED,
  letter_sent_at bigint GENERATED ALWAYS AS (CASE WHEN type = 2 THEN sent_at END) STORED,
  international boolean NOT NULL,
  reference text COLLATE "C",                  -- letters only
  client_reference text COLLATE "C",           -- NULL: none given
  phone_prefix text NOT NULL,
  sent_by text NOT NULL,
  provider_reference text NOT NULL,
  recipient bytea,                             -- keyed hash of the normalised recipient
  personal bytea NOT NULL                      -- sealed
) WITH (fillfactor = 85);
-- Encrypted bytes do not shrink: no time is spent on trying.
ALTER TABLE notification ALTER COLUMN personal SET STORAGE EXTERNAL;
CREATE INDEX notification_list ON notification(service_id, created_at DESC, id DESC);
CREATE INDEX notification_recipient ON notification(recipient) WHERE recipient IS NOT NULL;
-- A reference of a thousand characters would not fit into an index entry.
CREATE INDEX notification_client_reference
  ON notification(service_id, left(client_reference, 100), created_at DESC, id DESC)
  WHERE client_reference IS NOT NULL;
CREATE UNIQUE INDEX notification_job_row ON notification(job_id, job_row) WHERE job_id IS NOT NULL;
CREATE UNIQUE INDEX notification_reference ON notification(reference) WHERE reference IS NOT NULL;
CREATE INDEX letter_candidate ON notification(postage, service_id, created_at, id)
  WHERE letter_status = 0 AND key_type = 0 AND letter_sheets > 0;
CREATE INDEX letter_created ON notification(created_at, id) WHERE letter_status = 0;
CREATE INDEX letter_sending ON notification(letter_sent_at) WHERE letter_status = 1 AND key_type = 0;

CREATE TABLE notification_event (
  notification uuid NOT NULL,
  at bigint NOT NULL,
  number bigint GENERATED ALWAYS AS IDENTITY,  -- as written
  status smallint NOT NULL,
  cause text NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (notification, at, number)
);

CREATE TABLE letter_zip (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  run_day integer NOT NULL,
  state smallint NOT NULL,
  letter_count integer NOT NULL,
  byte_count bigint NOT NULL,
  error text NOT NULL,
  created_at bigint NOT NULL,
  uploaded_at bigint,
  acknowledged_at bigint
);
CREATE INDEX letter_zip_run_day ON letter_zip(run_day, name);
CREATE INDEX letter_zip_unfinished ON letter_zip(created_at, number) WHERE state < 2;

CREATE TABLE letter_zip_entry (
  zip bigint NOT NULL REFERENCES letter_zip(number),
  position integer NOT NULL,
  letter uuid NOT NULL,                        -- notification.id
  reference text NOT NULL,
  blob_key text NOT NULL,
  live boolean NOT NULL,                       -- false once the zip has failed
  PRIMARY KEY (zip, position)
);
-- A letter travels in one zip.
CREATE UNIQUE INDEX letter_zip_entry_live ON letter_zip_entry(letter) WHERE live;

CREATE TABLE letter_sorted_counts (
  file_name text COLLATE "C" PRIMARY KEY,
  billing_day integer NOT NULL,
  sorted bigint NOT NULL,
  unsorted bigint NOT NULL
);
CREATE INDEX letter_sorted_counts_day ON letter_sorted_counts(billing_day, file_name);

CREATE TABLE letter_despatch (
  letter uuid PRIMARY KEY,                     -- notification.id
  despatched_on integer NOT NULL,
  cost_class text NOT NULL
);

CREATE TABLE job (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  template_id uuid NOT NULL,
  template_version integer NOT NULL,
  type smallint NOT NULL,
  row_count integer NOT NULL,
  rows_stored integer NOT NULL,
  status smallint NOT NULL,
  created_at bigint NOT NULL,
  scheduled_for bigint,
  started_at bigint,
  finished_at bigint,
  document bytea NOT NULL                      -- sealed JSON: file name, author
);
CREATE INDEX job_list ON job(service_id, created_at DESC, id DESC);

-- Unfinished and buried tasks; finished ones are deleted. Every task is written three times within seconds, so
-- room is left in its page and the dead rows are cleared long before the defaults would.
CREATE TABLE task (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  due_at bigint NOT NULL,                      -- waiting: not before; claimed: end of the lease
  enqueued_at bigint NOT NULL,
  buried_at bigint,
  attempt integer NOT NULL DEFAULT 0,
  priority smallint NOT NULL,
  queue text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  payload bytea,                               -- sealed; NULL: empty
  unique_key text COLLATE "C",
  worker text,                                 -- NULL: not claimed
  reason text NOT NULL DEFAULT ''
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_analyze_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.1,
  autovacuum_vacuum_cost_limit = 2000
);
CREATE INDEX task_due ON task(queue, priority, due_at, number) WHERE buried_at IS NULL;
CREATE UNIQUE INDEX task_unique_key ON task(unique_key) WHERE unique_key IS NOT NULL AND buried_at IS NULL;
CREATE INDEX task_buried ON task(buried_at, number) WHERE buried_at IS NOT NULL;

CREATE TABLE lease (
  name text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  until bigint NOT NULL
);

CREATE TABLE schedule (
  name text COLLATE "C" PRIMARY KEY,
  fired_at bigint NOT NULL
);

CREATE TABLE state (
  name text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);
