-- Revert flip:two from sqlite

BEGIN;

-- XXX Add DDLs here.

COMMIT;
