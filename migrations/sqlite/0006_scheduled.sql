-- Messages that were accepted for later.
ALTER TABLE notification ADD COLUMN scheduled_for INTEGER;

-- A job's messages, page by page.
CREATE INDEX notification_job ON notification(job_id, created_at, id) WHERE job_id IS NOT NULL;
