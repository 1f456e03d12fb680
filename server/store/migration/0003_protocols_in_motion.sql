-- Visits that nobody came to, groups with shared dates, what became of a form that was not answered,
-- protocol versions per participant, approvals, and what must be seen before a study goes live.

CREATE TABLE visit_facts_anew (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    visit_id TEXT NOT NULL REFERENCES visits (id),
    status TEXT NOT NULL CHECK (status IN ('planned', 'held', 'cancelled', 'no-show')),
    on_day TEXT NOT NULL,
    at_time TEXT, -- HH:MM, the participant's local clock
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
INSERT INTO visit_facts_anew SELECT * FROM visit_facts;
DROP TABLE visit_facts;
ALTER TABLE visit_facts_anew RENAME TO visit_facts;
CREATE INDEX visit_facts_by_visit ON visit_facts (visit_id);

CREATE TABLE participant_facts_anew (
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('zone', 'language', 'arm', 'channel', 'status', 'site', 'group', 'protocol', 'hours')),
    -- status: prepared (imported, nothing is sent yet), active, paused, withdrawn; channel: email, none;
    -- hours: HH:MM at which reminders come, empty for the study's own; group: id, empty once left; protocol: the version this participant follows
    value TEXT NOT NULL,
    from_on TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
INSERT INTO participant_facts_anew SELECT * FROM participant_facts;
DROP TABLE participant_facts;
ALTER TABLE participant_facts_anew RENAME TO participant_facts;
CREATE INDEX participant_facts_by_participant ON participant_facts (participant_id, kind);

CREATE TABLE groups ( -- a programme that several participants go through on the same dates
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    label TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (study_id, label)
) STRICT;
CREATE TABLE group_visits (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES groups (id),
    kind TEXT NOT NULL,
    course INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX group_visits_by_group ON group_visits (group_id);
CREATE TABLE group_visit_facts ( -- the date that a group shares, with its history
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    group_visit_id TEXT NOT NULL REFERENCES group_visits (id),
    status TEXT NOT NULL CHECK (status IN ('planned', 'held', 'cancelled')),
    on_day TEXT NOT NULL,
    at_time TEXT, -- HH:MM, each participant's local clock
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX group_visit_facts_by_visit ON group_visit_facts (group_visit_id);
-- whose date it shares; each participant's own copy may still be moved, held or missed by itself
ALTER TABLE visits ADD COLUMN group_visit_id TEXT REFERENCES group_visits (id);
CREATE INDEX visits_by_group_visit ON visits (group_visit_id) WHERE group_visit_id IS NOT NULL;

ALTER TABLE assessments ADD COLUMN occasion INTEGER NOT NULL DEFAULT 1;
ALTER TABLE assessments ADD COLUMN respondent TEXT NOT NULL DEFAULT 'participant';
-- the visit that must be confirmed as held before it opens; none: it waits for nothing
ALTER TABLE assessments ADD COLUMN awaits_visit_id TEXT REFERENCES visits (id);
ALTER TABLE assessments ADD COLUMN late TEXT NOT NULL DEFAULT 'stop opening';
-- which version of the protocol planned it
ALTER TABLE assessments ADD COLUMN protocol_version TEXT NOT NULL DEFAULT '';
-- when a sweep saw that it had closed unanswered: keeps what is over out of the index of what is due
ALTER TABLE assessments ADD COLUMN lapsed_at TEXT;
DROP INDEX assessments_waiting;
CREATE INDEX assessments_waiting ON assessments (study_id, opens_at)
    WHERE response_id IS NULL AND retired_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX assessments_closing ON assessments (closes_at)
    WHERE response_id IS NULL AND retired_at IS NULL AND lapsed_at IS NULL;
CREATE INDEX assessments_unanswered ON assessments (study_id, closes_at)
    WHERE response_id IS NULL AND retired_at IS NULL;
-- a clock that stepped back finds here what a sweep put aside too early
CREATE INDEX assessments_lapsed ON assessments (lapsed_at) WHERE lapsed_at IS NOT NULL;

CREATE TABLE assessment_facts ( -- what became of a form that holds no answer (yet)
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('begun', 'excused', 'excuse withdrawn', 'on paper', 'paper withdrawn')),
    reason TEXT NOT NULL DEFAULT '',
    on_day TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX assessment_facts_by_assessment ON assessment_facts (assessment_id);

CREATE TABLE rater_facts ( -- who rates whom; a rater is not told what participants report
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    state TEXT NOT NULL CHECK (state IN ('assigned', 'ended')),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX rater_facts_by_participant ON rater_facts (participant_id, staff_id);

CREATE TABLE answers_anew (
    response_id TEXT NOT NULL REFERENCES responses (id),
    item TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('answered', 'skipped', 'unanswered', 'not-shown', 'not-done')),
    code TEXT,
    reason TEXT NOT NULL DEFAULT '', -- why it was not done
    PRIMARY KEY (response_id, item)
) STRICT;
INSERT INTO answers_anew (response_id, item, position, state, code)
    SELECT response_id, item, position, state, code FROM answers;
DROP TABLE answers;
ALTER TABLE answers_anew RENAME TO answers;

-- whoever of the staff entered it; none: it came from a phone or its plain page
ALTER TABLE envelopes ADD COLUMN staff_id TEXT REFERENCES staff (id);
-- who gave the answers: participant, paper (transcribed by staff), rater, facilitator, staff
ALTER TABLE responses ADD COLUMN source TEXT NOT NULL DEFAULT 'participant';
ALTER TABLE responses ADD COLUMN entered_by TEXT NOT NULL DEFAULT '';

-- none: still being set up. A demo's study is never live.
ALTER TABLE studies ADD COLUMN live_at TEXT CHECK (live_at IS NULL OR synthetic = 0);

CREATE TABLE protocol_approvals (
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    protocol TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL, -- SHA-256 of the file that was approved
    approved_by TEXT NOT NULL, -- the named person or committee
    approved_on TEXT NOT NULL,
    reference TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX protocol_approvals_by_study ON protocol_approvals (study_id);

CREATE TABLE amendments ( -- a version put in force, and for whom
    id TEXT PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES studies (id),
    protocol TEXT NOT NULL,
    from_version TEXT NOT NULL,
    to_version TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('new', 'all', 'before')),
    before_visit TEXT NOT NULL DEFAULT '', -- scope before: like dosing-1
    reason TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX amendments_by_study ON amendments (study_id);

CREATE TABLE readiness_facts ( -- what somebody saw to before a study went live
    seq INTEGER PRIMARY KEY, -- the order recorded; a clock may step back
    id TEXT NOT NULL UNIQUE,
    study_id TEXT NOT NULL REFERENCES studies (id),
    kind TEXT NOT NULL CHECK (kind IN
        ('languages', 'crisis numbers', 'mail sent', 'mail test', 'recovery file')),
    detail TEXT NOT NULL DEFAULT '{}', -- JSON: what exactly was looked at, so that a later change shows
    on_day TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX readiness_facts_by_study ON readiness_facts (study_id, kind);

-- Who may know the arm (JSON list of roles; empty: everybody on the team), as the participant's own
-- version of the protocol says it; and, where the schedule itself would tell the arm, who may know that.
ALTER TABLE participants ADD COLUMN arm_known_to TEXT NOT NULL DEFAULT '';
ALTER TABLE participants ADD COLUMN plan_known_to TEXT NOT NULL DEFAULT '';
-- The same for one row: it is asked in some arms only, so that its being there tells which.
ALTER TABLE assessments ADD COLUMN known_to TEXT NOT NULL DEFAULT '';
-- What was planned for a day that is over, for asking whether it was held.
CREATE INDEX visit_facts_planned ON visit_facts (on_day) WHERE status = 'planned';
