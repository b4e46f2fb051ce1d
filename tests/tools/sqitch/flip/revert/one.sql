-- Revert flip:one from sqlite

BEGIN;

-- XXX Add DDLs here.

COMMIT;
