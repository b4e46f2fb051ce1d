-- yoyo-migrations 9.0.0: the first and the third
BEGIN TRANSACTION;
CREATE TABLE "_yoyo_log" (
            "id" VARCHAR(36),
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "operation" VARCHAR(10),
            "username" VARCHAR(255),
            "hostname" VARCHAR(255),
            "comment" VARCHAR(255),
            "created_at_utc" TIMESTAMP,
            PRIMARY KEY ("id")
        );
INSERT INTO "_yoyo_log" VALUES('e441fbfe-e5c9-11f1-bd12-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21T16:37:50.593040');
INSERT INTO "_yoyo_log" VALUES('e4433316-e5c9-11f1-bd12-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21T16:37:50.599365');
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21T16:37:50.594629');
INSERT INTO "_yoyo_migration" VALUES('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21T16:37:50.600988');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-11-21 16:37:50.569743');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
COMMIT;
