-- Answers may be scored anew, by another scoring version or another choice of the study: every result
-- stays, and this says which of them counts.

CREATE TABLE scorings (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    response_id TEXT NOT NULL REFERENCES responses (id),
    scoring_version TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX scorings_by_response ON scorings (response_id, seq);

-- the standard error that stands beside a value in its authors' table
ALTER TABLE scores ADD COLUMN error REAL;
