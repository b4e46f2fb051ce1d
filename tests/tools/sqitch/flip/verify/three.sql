-- Verify flip:three on sqlite

BEGIN;

-- XXX Add verifications here.

ROLLBACK;
