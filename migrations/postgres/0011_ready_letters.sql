-- Letters that come as PDF.

-- Why a letter is validation-failed.
CREATE TABLE letter_fault (
  letter uuid PRIMARY KEY,                     -- notification.id
  code text COLLATE "C" NOT NULL,
  pages text COLLATE "C" NOT NULL,             -- JSON array of numbers from 1
  page_count integer                           -- NULL: not known
);
