-- Revert flip:three from sqlite

BEGIN;

-- XXX Add DDLs here.

COMMIT;
