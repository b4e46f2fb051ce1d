CREATE TABLE three (id INTEGER PRIMARY KEY);
--> statement-breakpoint
INSERT INTO nonsense VALUES (1);
