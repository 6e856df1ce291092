-- What happens to letters and messages after their day: returned, archived, deleted.

-- Messages whose days are over, without anything personal.
CREATE TABLE archived_notification (
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
  international boolean NOT NULL,
  reference text COLLATE "C",                  -- letters only
  client_reference text COLLATE "C",           -- NULL: none given
  phone_prefix text NOT NULL,
  sent_by text NOT NULL,
  provider_reference text NOT NULL
);
CREATE INDEX archived_notification_service ON archived_notification(service_id, created_at);
CREATE UNIQUE INDEX archived_notification_reference ON archived_notification(reference) WHERE reference IS NOT NULL;

-- Letters that wait for their checks (status 9).
CREATE INDEX letter_checks ON notification(created_at, id) WHERE letter_status = 9;

CREATE TABLE returned_letter (
  letter uuid PRIMARY KEY,                     -- notification.id, also once it is archived
  service_id uuid NOT NULL,
  reported_on integer NOT NULL
);
CREATE INDEX returned_letter_day ON returned_letter(service_id, reported_on, letter);

ALTER TABLE job ADD COLUMN file_removed boolean NOT NULL DEFAULT false;
CREATE INDEX job_file ON job(service_id, type, created_at, id) WHERE NOT file_removed;
