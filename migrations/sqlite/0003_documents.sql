-- Files that travel by email as links. The file is a blob; key, name and address are in the link or sealed with it.
CREATE TABLE document (
  id BLOB NOT NULL UNIQUE,
  service_id BLOB NOT NULL,
  notification_id BLOB NOT NULL,      -- of the message that holds the link
  byte_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  is_kept INTEGER NOT NULL,           -- 0 until its message is known to be stored
  download_count INTEGER NOT NULL,
  downloaded_at INTEGER,
  details BLOB NOT NULL,              -- encrypted with the key in the link, then sealed
  try_count INTEGER NOT NULL,         -- guesses at the address since tries_since
  tries_since INTEGER
) STRICT;
CREATE INDEX document_list ON document(service_id, created_at, id);
CREATE INDEX document_expiry ON document(expires_at);
CREATE INDEX document_not_kept ON document(created_at) WHERE is_kept = 0;
