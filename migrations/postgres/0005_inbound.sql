-- Texts that people send to us, the numbers they send them to, and what SES reports about emails.

CREATE TABLE inbound_number (
  number text COLLATE "C" PRIMARY KEY,         -- national form
  provider text NOT NULL,
  service_id uuid UNIQUE,                      -- NULL: nobody's yet
  is_active boolean NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE inbound_text (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  notify_number text NOT NULL,
  provider text COLLATE "C" NOT NULL,
  provider_reference text COLLATE "C",         -- NULL: the provider gave none
  provider_date bigint NOT NULL,
  created_at bigint NOT NULL,
  personal bytea NOT NULL                      -- sealed: sender and content
);
CREATE INDEX inbound_text_list ON inbound_text(service_id, created_at, id);
CREATE INDEX inbound_text_age ON inbound_text(created_at);
-- A provider that hears no answer posts the text again.
CREATE UNIQUE INDEX inbound_text_reference ON inbound_text(provider, provider_reference)
  WHERE provider_reference IS NOT NULL;

CREATE TABLE complaint (
  id uuid PRIMARY KEY,
  notification_id uuid NOT NULL,
  service_id uuid NOT NULL,
  feedback_id text COLLATE "C" NOT NULL UNIQUE,  -- the provider's
  type text NOT NULL,
  complained_at bigint,
  created_at bigint NOT NULL
);
CREATE INDEX complaint_list ON complaint(service_id, created_at, id);

-- Emails (type 0) by what their provider calls them. The sandbox reports by our own id. A column of its own, so that
-- hand-overs of texts stay within their page (see 0001).
ALTER TABLE notification ADD COLUMN email_reference text COLLATE "C" GENERATED ALWAYS AS
  (CASE WHEN type = 0 AND provider_reference <> '' AND sent_by <> 'sandbox' THEN provider_reference END) STORED;
CREATE INDEX notification_email_reference ON notification(email_reference) WHERE email_reference IS NOT NULL;
