-- Messages that were accepted for later.
ALTER TABLE notification ADD COLUMN scheduled_for bigint;

-- A job's messages, page by page.
CREATE INDEX notification_job ON notification(job_id, created_at DESC, id DESC) WHERE job_id IS NOT NULL;
