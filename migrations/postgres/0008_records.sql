-- Letters that travel as print records, for services without the permission.
ALTER TABLE service ADD COLUMN letters_as_pdf boolean;  -- a copy of what the document says; NULL: not copied yet
-- The condition is written in the queries as it stands here.
CREATE INDEX job_records ON job(status, created_at) WHERE status > 4;
CREATE INDEX letter_pending ON notification(created_at, id) WHERE letter_status = 3;
