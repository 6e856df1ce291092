-- Email addresses that are not written to any more, since they bounced for good or their owner complained.
CREATE TABLE email_suppression (
  address_hash bytea NOT NULL,                 -- keyed, of the address in lower case
  service_id uuid NOT NULL,                    -- zeros: for all services
  reason integer NOT NULL,
  detail text NOT NULL,                        -- the mail server's codes
  notification_id uuid NOT NULL,               -- the email that showed it; zeros: none
  created_at bigint NOT NULL,
  address bytea NOT NULL,                      -- sealed
  PRIMARY KEY (address_hash, service_id)
);
CREATE INDEX email_suppression_list ON email_suppression(created_at);
