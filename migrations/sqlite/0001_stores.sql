-- Ids are the 16 bytes of a UUID; instants are microseconds since 1970 UTC; days are days since 1970-01-01.
-- Small integers stand for enumerators, see src/adapters/store_common/codes.h. "sealed" columns are encrypted by the
-- key ring. Tables keep their rowid: new rows go to the end, which is what makes inserts fast.

CREATE TABLE service (
  id BLOB NOT NULL UNIQUE,
  name_key TEXT NOT NULL UNIQUE,      -- the name in lower case (ASCII)
  document BLOB NOT NULL              -- sealed JSON
) STRICT;

CREATE TABLE api_key (
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  name TEXT NOT NULL,
  type INTEGER NOT NULL,
  secret BLOB NOT NULL,               -- sealed
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_key_service ON api_key(service_id, created_at);
CREATE UNIQUE INDEX api_key_name ON api_key(service_id, name) WHERE revoked_at IS NULL;

CREATE TABLE callback (
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  url TEXT NOT NULL,
  bearer_token BLOB NOT NULL,         -- sealed
  PRIMARY KEY (service_id, type)
) STRICT;

CREATE TABLE template (
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  service_id BLOB NOT NULL,
  document BLOB NOT NULL,             -- sealed JSON
  UNIQUE (id, version)
) STRICT;
CREATE INDEX template_service ON template(service_id, id, version);

CREATE TABLE notification (
  number INTEGER PRIMARY KEY,         -- events and zips refer to it: shorter than the id
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  status INTEGER NOT NULL,
  key_type INTEGER NOT NULL,
  api_key_id BLOB,
  template_id BLOB NOT NULL,
  template_version INTEGER NOT NULL,
  job_id BLOB,
  job_row INTEGER,
  reference TEXT,                     -- letters only
  client_reference TEXT,              -- NULL: none given
  postage INTEGER,
  billable_units INTEGER NOT NULL,
  international INTEGER NOT NULL,
  phone_prefix TEXT NOT NULL,
  rate_multiplier REAL NOT NULL,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  updated_at INTEGER,
  sent_by TEXT NOT NULL,
  provider_reference TEXT NOT NULL,
  recipient BLOB,                     -- keyed hash of the normalised recipient
  personal BLOB NOT NULL              -- sealed
) STRICT;
CREATE INDEX notification_list ON notification(service_id, created_at, id);
CREATE INDEX notification_recipient ON notification(recipient) WHERE recipient IS NOT NULL;
CREATE INDEX notification_client_reference ON notification(service_id, client_reference, created_at, id)
  WHERE client_reference IS NOT NULL;
CREATE UNIQUE INDEX notification_job_row ON notification(job_id, job_row) WHERE job_id IS NOT NULL;
CREATE UNIQUE INDEX notification_reference ON notification(reference) WHERE reference IS NOT NULL;
-- Letters only (type 2), so that texts and emails pay nothing for them.
CREATE INDEX letter_candidate ON notification(postage, service_id, created_at, id)
  WHERE type = 2 AND status = 0 AND key_type = 0 AND billable_units > 0;
CREATE INDEX letter_created ON notification(created_at, id) WHERE type = 2 AND status = 0;
CREATE INDEX letter_sending ON notification(sent_at) WHERE type = 2 AND status = 1 AND key_type = 0;

CREATE TABLE notification_event (
  notification INTEGER NOT NULL,      -- notification.number
  number INTEGER NOT NULL,            -- from 1, as written
  at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  cause TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (notification, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE letter_zip (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  run_day INTEGER NOT NULL,
  state INTEGER NOT NULL,
  letter_count INTEGER NOT NULL,
  byte_count INTEGER NOT NULL,
  error TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  uploaded_at INTEGER,
  acknowledged_at INTEGER
) STRICT;
CREATE INDEX letter_zip_run_day ON letter_zip(run_day, name);
CREATE INDEX letter_zip_unfinished ON letter_zip(created_at, number) WHERE state < 2;

CREATE TABLE letter_zip_entry (
  zip INTEGER NOT NULL REFERENCES letter_zip(number),
  position INTEGER NOT NULL,
  letter BLOB NOT NULL,               -- notification.id
  reference TEXT NOT NULL,
  blob_key TEXT NOT NULL,
  live INTEGER NOT NULL,              -- 0 once the zip has failed
  PRIMARY KEY (zip, position)
) STRICT, WITHOUT ROWID;
-- A letter travels in one zip.
CREATE UNIQUE INDEX letter_zip_entry_live ON letter_zip_entry(letter) WHERE live = 1;

CREATE TABLE letter_sorted_counts (
  file_name TEXT NOT NULL PRIMARY KEY,
  billing_day INTEGER NOT NULL,
  sorted INTEGER NOT NULL,
  unsorted INTEGER NOT NULL
) STRICT;
CREATE INDEX letter_sorted_counts_day ON letter_sorted_counts(billing_day, file_name);

CREATE TABLE letter_despatch (
  letter BLOB NOT NULL UNIQUE,        -- notification.id
  despatched_on INTEGER NOT NULL,
  cost_class TEXT NOT NULL
) STRICT;

CREATE TABLE job (
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  template_id BLOB NOT NULL,
  template_version INTEGER NOT NULL,
  type INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  rows_stored INTEGER NOT NULL,
  status INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  scheduled_for INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  document BLOB NOT NULL              -- sealed JSON: file name, author
) STRICT;
CREATE INDEX job_list ON job(service_id, created_at, id);

-- Unfinished and buried tasks; finished ones are deleted. AUTOINCREMENT: a number is never used twice, so that
-- a late settlement cannot meet another task.
CREATE TABLE task (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  queue TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload BLOB,                       -- sealed; NULL: empty
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,            -- waiting: not before; claimed: end of the lease
  attempt INTEGER NOT NULL DEFAULT 0,
  enqueued_at INTEGER NOT NULL,
  unique_key TEXT,
  worker TEXT,                        -- NULL: not claimed
  reason TEXT NOT NULL DEFAULT '',
  buried_at INTEGER
) STRICT;
CREATE INDEX task_due ON task(queue, priority, due_at) WHERE buried_at IS NULL;
CREATE UNIQUE INDEX task_unique_key ON task(unique_key) WHERE unique_key IS NOT NULL AND buried_at IS NULL;
CREATE INDEX task_buried ON task(buried_at) WHERE buried_at IS NOT NULL;

CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT;

CREATE TABLE schedule (
  name TEXT NOT NULL PRIMARY KEY,
  fired_at INTEGER NOT NULL
) STRICT;

CREATE TABLE state (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
