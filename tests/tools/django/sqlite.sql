-- Django 5.2.19 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
INSERT INTO "django_content_type" VALUES(1,'contenttypes','contenttype');
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
INSERT INTO "django_migrations" VALUES(1,'billing','0001_one','2026-11-21 21:24:11.562179');
INSERT INTO "django_migrations" VALUES(2,'billing','0002_two','2026-11-21 21:24:11.589443');
INSERT INTO "django_migrations" VALUES(3,'billing','0003_three','2026-11-21 21:24:11.617591');
INSERT INTO "django_migrations" VALUES(4,'contenttypes','0001_initial','2026-11-21 21:24:11.689786');
INSERT INTO "django_migrations" VALUES(5,'contenttypes','0002_remove_content_type_name','2026-11-21 21:24:11.881773');
CREATE TABLE one (id INTEGER);
CREATE TABLE three (id INTEGER);
CREATE TABLE two (id INTEGER);
CREATE INDEX one_id ON one (id);
CREATE INDEX two_id ON two (id);
CREATE INDEX three_id ON three (id);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
INSERT INTO "django_content_type" VALUES(1,'contenttypes','contenttype');
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
INSERT INTO "django_migrations" VALUES(1,'billing','0001_one','2026-11-21 21:24:24.771909');
INSERT INTO "django_migrations" VALUES(2,'billing','0002_two','2026-11-21 21:24:24.820110');
INSERT INTO "django_migrations" VALUES(3,'contenttypes','0001_initial','2026-11-21 21:24:24.866387');
INSERT INTO "django_migrations" VALUES(4,'contenttypes','0002_remove_content_type_name','2026-11-21 21:24:25.039246');
CREATE TABLE one (id INTEGER);
CREATE TABLE two (id INTEGER);
CREATE INDEX one_id ON one (id);
CREATE INDEX two_id ON two (id);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
INSERT INTO "django_content_type" VALUES(1,'contenttypes','contenttype');
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
INSERT INTO "django_migrations" VALUES(1,'billing','0001_one','2026-11-21 21:24:32.564464');
INSERT INTO "django_migrations" VALUES(2,'billing','0002_two','2026-11-21 21:24:32.583769');
INSERT INTO "django_migrations" VALUES(3,'contenttypes','0001_initial','2026-11-21 21:24:32.592764');
INSERT INTO "django_migrations" VALUES(4,'contenttypes','0002_remove_content_type_name','2026-11-21 21:24:32.609006');
CREATE TABLE one (id INTEGER);
CREATE TABLE two (id INTEGER);
CREATE INDEX one_id ON one (id);
CREATE INDEX two_id ON two (id);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
COMMIT;
