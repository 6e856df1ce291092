-- Email addresses that are not written to any more, since they bounced for good or their owner complained.

CREATE TABLE email_suppression (
  address_hash BLOB NOT NULL,         -- keyed, of the address in lower case
  service_id BLOB NOT NULL,           -- zeros: for all services
  reason INTEGER NOT NULL,
  detail TEXT NOT NULL,               -- the mail server's codes
  notification_id BLOB NOT NULL,      -- the email that showed it; zeros: none
  created_at INTEGER NOT NULL,
  address BLOB NOT NULL,              -- sealed
  PRIMARY KEY (address_hash, service_id)
) STRICT;
CREATE INDEX email_suppression_list ON email_suppression(created_at);
