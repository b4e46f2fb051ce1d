-- Verify flip:two on sqlite

BEGIN;

-- XXX Add verifications here.

ROLLBACK;
