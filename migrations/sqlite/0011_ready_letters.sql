-- Letters that come as PDF.

-- Why a letter is validation-failed.
CREATE TABLE letter_fault (
  letter BLOB NOT NULL UNIQUE,        -- notification.id
  code TEXT NOT NULL,
  pages TEXT NOT NULL,                -- JSON array of numbers from 1
  page_count INTEGER                  -- NULL: not known
) STRICT;
