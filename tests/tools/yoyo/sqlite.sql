-- yoyo-migrations 9.0.0 on SQLite 3.40.1
-- == clean
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
INSERT INTO "_yoyo_log" VALUES('21b83c5e-e5d5-11f1-917a-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21T17:58:18.172962');
INSERT INTO "_yoyo_log" VALUES('21c1f0be-e5d5-11f1-917a-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21T17:58:18.235077');
INSERT INTO "_yoyo_log" VALUES('21d270e2-e5d5-11f1-917a-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21T17:58:18.343269');
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21T17:58:18.210870');
INSERT INTO "_yoyo_migration" VALUES('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21T17:58:18.266907');
INSERT INTO "_yoyo_migration" VALUES('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21T17:58:18.382788');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-11-21 17:58:18.092819');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
CREATE TABLE "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
COMMIT;
-- == pending
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
INSERT INTO "_yoyo_log" VALUES('23240186-e5d5-11f1-86f1-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21T17:58:20.557122');
INSERT INTO "_yoyo_log" VALUES('23381fc2-e5d5-11f1-86f1-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21T17:58:20.687328');
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21T17:58:20.619163');
INSERT INTO "_yoyo_migration" VALUES('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21T17:58:20.702798');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-11-21 17:58:20.506157');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
CREATE TABLE "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
COMMIT;
-- == failed
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
INSERT INTO "_yoyo_log" VALUES('24245554-e5d5-11f1-b383-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21T17:58:22.237007');
INSERT INTO "_yoyo_log" VALUES('242715e6-e5d5-11f1-b383-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21T17:58:22.253362');
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21T17:58:22.242898');
INSERT INTO "_yoyo_migration" VALUES('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21T17:58:22.255268');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-11-21 17:58:22.156770');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
CREATE TABLE "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
COMMIT;
-- == late
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
INSERT INTO "_yoyo_log" VALUES('254f5fc8-e5d5-11f1-84c6-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21T17:58:24.196808');
INSERT INTO "_yoyo_log" VALUES('25592648-e5d5-11f1-84c6-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21T17:58:24.259250');
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21T17:58:24.222794');
INSERT INTO "_yoyo_migration" VALUES('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21T17:58:24.261724');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-11-21 17:58:24.136874');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
COMMIT;
-- == late-migrated
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
INSERT INTO "_yoyo_log" VALUES('254f5fc8-e5d5-11f1-84c6-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21T17:58:24.196808');
INSERT INTO "_yoyo_log" VALUES('25592648-e5d5-11f1-84c6-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21T17:58:24.259250');
INSERT INTO "_yoyo_log" VALUES('26165402-e5d5-11f1-a2fc-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21T17:58:25.501281');
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21T17:58:24.222794');
INSERT INTO "_yoyo_migration" VALUES('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21T17:58:24.261724');
INSERT INTO "_yoyo_migration" VALUES('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21T17:58:25.522934');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-11-21 17:58:24.136874');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
CREATE TABLE "yoyo_lock" ("locked" INT DEFAULT 1, "ctime" TIMESTAMP,"pid" INT NOT NULL,PRIMARY KEY ("locked"));
COMMIT;
