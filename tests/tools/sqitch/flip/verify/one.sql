-- Verify flip:one on sqlite

BEGIN;

-- XXX Add verifications here.

ROLLBACK;
