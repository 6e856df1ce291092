-- What happens to letters and messages after their day: returned, archived, deleted.

-- Messages whose days are over, without anything personal.
CREATE TABLE archived_notification (
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  type INTEGER NOT NULL,
  status INTEGER NOT NULL,
  key_type INTEGER NOT NULL,
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
  api_key_id BLOB,
  provider_reference TEXT NOT NULL
) STRICT;
CREATE INDEX archived_notification_service ON archived_notification(service_id, created_at);
CREATE UNIQUE INDEX archived_notification_reference ON archived_notification(reference) WHERE reference IS NOT NULL;

-- Letters (type 2) that wait for their checks (status 9).
CREATE INDEX letter_checks ON notification(created_at, id) WHERE type = 2 AND status = 9;

CREATE TABLE returned_letter (
  letter BLOB NOT NULL UNIQUE,        -- notification.id, also once it is archived
  service_id BLOB NOT NULL,
  reported_on INTEGER NOT NULL
) STRICT;
CREATE INDEX returned_letter_day ON returned_letter(service_id, reported_on, letter);

ALTER TABLE job ADD COLUMN file_removed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX job_file ON job(service_id, type, created_at, id) WHERE file_removed = 0;
