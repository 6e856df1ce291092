-- Texts that people send to us, the numbers they send them to, and what SES reports about emails.

CREATE TABLE inbound_number (
  number TEXT NOT NULL PRIMARY KEY,   -- national form
  provider TEXT NOT NULL,
  service_id BLOB UNIQUE,             -- NULL: nobody's yet
  is_active INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE inbound_text (
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  notify_number TEXT NOT NULL,
  provider TEXT NOT NULL,
  provider_reference TEXT,            -- NULL: the provider gave none
  provider_date INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  personal BLOB NOT NULL              -- sealed: sender and content
) STRICT;
CREATE INDEX inbound_text_list ON inbound_text(service_id, created_at, id);
CREATE INDEX inbound_text_age ON inbound_text(created_at);
-- A provider that hears no answer posts the text again.
CREATE UNIQUE INDEX inbound_text_reference ON inbound_text(provider, provider_reference)
  WHERE provider_reference IS NOT NULL;

CREATE TABLE complaint (
  id BLOB NOT NULL UNIQUE,
  notification_id BLOB NOT NULL,
  service_id BLOB NOT NULL,
  feedback_id TEXT NOT NULL UNIQUE,   -- the provider's
  type TEXT NOT NULL,
  complained_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX complaint_list ON complaint(service_id, created_at, id);

-- Emails (type 0) by what their provider calls them. The sandbox reports by our own id.
CREATE INDEX notification_email_reference ON notification(provider_reference)
  WHERE type = 0 AND provider_reference <> '' AND sent_by <> 'sandbox';
