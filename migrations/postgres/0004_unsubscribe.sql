-- Who asked to get no more such emails: at most one row for each email that was sent.
CREATE TABLE unsubscribe_request (
  notification_id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  template_id uuid NOT NULL,
  template_version integer NOT NULL,
  sent_at bigint NOT NULL,                     -- when the email was accepted
  requested_at bigint NOT NULL,
  address bytea NOT NULL                       -- sealed
);
CREATE INDEX unsubscribe_request_list ON unsubscribe_request(service_id, requested_at, notification_id);
