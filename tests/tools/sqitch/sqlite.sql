-- Sqitch 1.3.1 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO "changes" VALUES('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:26:44.347','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('92f6251c94fbd74ff408ed08b5a33aac2e49661c','5d0fd05c816b796eeebf0d2262b312407bb66a10','two','shop','Adds two.','2026-11-21 21:26:44.400','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('4c9069bd910829f98c947245d024a83f7ff43634','9d12c4f71eb65b5c02385085f8fcbc0315a9e3bf','three','shop','Adds three.','2026-11-21 21:26:44.488','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO "events" VALUES('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:26:44.347','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:26:44.400','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','4c9069bd910829f98c947245d024a83f7ff43634','three','shop','Adds three.','','','','2026-11-21 21:26:44.488','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO "projects" VALUES('shop','https://example.com/shop/','2026-11-21 21:26:44.291','Ann B','ann@example.com');
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO "releases" VALUES(1.1,'2026-11-21 21:26:44.288','Ann B','ann@example.com');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO "changes" VALUES('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:26:53.450','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('92f6251c94fbd74ff408ed08b5a33aac2e49661c','5d0fd05c816b796eeebf0d2262b312407bb66a10','two','shop','Adds two.','2026-11-21 21:26:53.520','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO "events" VALUES('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:26:53.451','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:26:53.521','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO "projects" VALUES('shop','https://example.com/shop/','2026-11-21 21:26:53.372','Ann B','ann@example.com');
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO "releases" VALUES(1.1,'2026-11-21 21:26:53.365','Ann B','ann@example.com');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO "changes" VALUES('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:26:58.471','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('92f6251c94fbd74ff408ed08b5a33aac2e49661c','5d0fd05c816b796eeebf0d2262b312407bb66a10','two','shop','Adds two.','2026-11-21 21:26:58.491','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO "events" VALUES('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:26:58.472','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:26:58.492','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('fail','4c9069bd910829f98c947245d024a83f7ff43634','three','shop','Adds three.','','','','2026-11-21 21:27:00.359','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO "projects" VALUES('shop','https://example.com/shop/','2026-11-21 21:26:58.438','Ann B','ann@example.com');
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO "releases" VALUES(1.1,'2026-11-21 21:26:58.437','Ann B','ann@example.com');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
COMMIT;
-- == crlf
BEGIN TRANSACTION;
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO "changes" VALUES('c9dc31edf7260238680e38dbab2349c32b90c0cb','bf3eb70f4c53dbde2329e64bf8e5ce98f1f8aeba','one','shop','Adds one.','2026-11-21 21:27:04.858','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('92f6251c94fbd74ff408ed08b5a33aac2e49661c','80db0246e314ccc053633ba6d79298e6b33d4c36','two','shop','Adds two.','2026-11-21 21:27:04.921','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('4c9069bd910829f98c947245d024a83f7ff43634','f83fe1c3b1780638aac213e9c3668364a7185585','three','shop','Adds three.','2026-11-21 21:27:04.981','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO "events" VALUES('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:27:04.862','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:27:04.921','Ann B','ann@example.com','2024-01-02 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','4c9069bd910829f98c947245d024a83f7ff43634','three','shop','Adds three.','','','','2026-11-21 21:27:04.982','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO "projects" VALUES('shop','https://example.com/shop/','2026-11-21 21:27:04.799','Ann B','ann@example.com');
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO "releases" VALUES(1.1,'2026-11-21 21:27:04.786','Ann B','ann@example.com');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO "changes" VALUES('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:27:07.612','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('2b9c91c573a5350df2d15253288d32a8fdbafb8d','9d12c4f71eb65b5c02385085f8fcbc0315a9e3bf','three','shop','Adds three.','2026-11-21 21:27:07.657','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO "events" VALUES('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:27:07.612','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','2b9c91c573a5350df2d15253288d32a8fdbafb8d','three','shop','Adds three.','','','','2026-11-21 21:27:07.657','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO "projects" VALUES('shop','https://example.com/shop/','2026-11-21 21:27:07.576','Ann B','ann@example.com');
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO "releases" VALUES(1.1,'2026-11-21 21:27:07.565','Ann B','ann@example.com');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO "changes" VALUES('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:27:07.612','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "changes" VALUES('2b9c91c573a5350df2d15253288d32a8fdbafb8d','9d12c4f71eb65b5c02385085f8fcbc0315a9e3bf','three','shop','Adds three.','2026-11-21 21:27:07.657','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO "events" VALUES('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:27:07.612','Ann B','ann@example.com','2024-01-01 00:00:00','Ann B','ann@example.com');
INSERT INTO "events" VALUES('deploy','2b9c91c573a5350df2d15253288d32a8fdbafb8d','three','shop','Adds three.','','','','2026-11-21 21:27:07.657','Ann B','ann@example.com','2024-01-03 00:00:00','Ann B','ann@example.com');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO "projects" VALUES('shop','https://example.com/shop/','2026-11-21 21:27:07.576','Ann B','ann@example.com');
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO "releases" VALUES(1.1,'2026-11-21 21:27:07.565','Ann B','ann@example.com');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
COMMIT;
