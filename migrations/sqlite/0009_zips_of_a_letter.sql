-- The zips that failed with a letter in them, for its story; live ones have an index of their own.
CREATE INDEX letter_zip_entry_failed ON letter_zip_entry(letter) WHERE live = 0;
