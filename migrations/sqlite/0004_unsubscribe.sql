-- Who asked to get no more such emails: at most one row for each email that was sent.
CREATE TABLE unsubscribe_request (
  notification_id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  template_id BLOB NOT NULL,
  template_version INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,           -- when the email was accepted
  requested_at INTEGER NOT NULL,
  address BLOB NOT NULL               -- sealed
) STRICT;
CREATE INDEX unsubscribe_request_list ON unsubscribe_request(service_id, requested_at, notification_id);
