-- Files that travel by email as links. The file is a blob; key, name and address are in the link or sealed with it.
CREATE TABLE document (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  notification_id uuid NOT NULL,               -- of the message that holds the link
  byte_count bigint NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  is_kept boolean NOT NULL,                    -- false until its message is known to be stored
  download_count integer NOT NULL,
  downloaded_at bigint,
  details bytea NOT NULL,                      -- encrypted with the key in the link, then sealed
  try_count integer NOT NULL,                  -- guesses at the address since tries_since
  tries_since bigint
);
CREATE INDEX document_list ON document(service_id, created_at, id);
CREATE INDEX document_expiry ON document(expires_at);
CREATE INDEX document_not_kept ON document(created_at) WHERE NOT is_kept;
