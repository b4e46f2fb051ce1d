-- Sqitch 1.3.1 on MariaDB 10.11.19
-- == clean
CREATE TABLE `changes` (
  `change_id` varchar(40) NOT NULL COMMENT 'Change primary key.',
  `script_hash` varchar(40) DEFAULT NULL COMMENT 'Deploy script SHA-1 hash.',
  `change` varchar(255) NOT NULL COMMENT 'Name of a deployed change.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the change was deployed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who deployed the change.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who deployed the change.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the change was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the change.',
  PRIMARY KEY (`change_id`),
  UNIQUE KEY `project` (`project`,`script_hash`),
  CONSTRAINT `changes_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the changes currently deployed to the database.';
INSERT INTO `changes` VALUES ('4c9069bd910829f98c947245d024a83f7ff43634','9d12c4f71eb65b5c02385085f8fcbc0315a9e3bf','three','shop','Adds three.','2026-11-21 21:28:27.165163','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('92f6251c94fbd74ff408ed08b5a33aac2e49661c','5d0fd05c816b796eeebf0d2262b312407bb66a10','two','shop','Adds two.','2026-11-21 21:28:26.906548','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:28:26.799079','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `dependencies` (
  `change_id` varchar(40) NOT NULL COMMENT 'ID of the depending change.',
  `type` varchar(8) NOT NULL COMMENT 'Type of dependency.',
  `dependency` varchar(255) NOT NULL COMMENT 'Dependency name.',
  `dependency_id` varchar(40) DEFAULT NULL COMMENT 'Change ID the dependency resolves to.',
  PRIMARY KEY (`change_id`,`dependency`),
  KEY `dependency_id` (`dependency_id`),
  CONSTRAINT `dependencies_ibfk_1` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `dependencies_ibfk_2` FOREIGN KEY (`dependency_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the currently satisfied dependencies.';
CREATE TABLE `events` (
  `event` enum('deploy','fail','merge','revert') NOT NULL COMMENT 'Type of event.',
  `change_id` varchar(40) NOT NULL COMMENT 'Change ID.',
  `change` varchar(255) NOT NULL COMMENT 'Change name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `requires` text NOT NULL COMMENT 'List of the names of required changes.',
  `conflicts` text NOT NULL COMMENT 'List of the names of conflicting changes.',
  `tags` text NOT NULL COMMENT 'List of tags associated with the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the event was committed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who committed the event.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who committed the event.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the event was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who plan planned the change.',
  PRIMARY KEY (`change_id`,`committed_at`),
  KEY `project` (`project`),
  CONSTRAINT `events_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Contains full history of all deployment events.';
INSERT INTO `events` VALUES ('deploy','4c9069bd910829f98c947245d024a83f7ff43634','three','shop','Adds three.','','','','2026-11-21 21:28:27.165635','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:28:26.914795','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:28:26.799524','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `projects` (
  `project` varchar(255) NOT NULL COMMENT 'Unique Name of a project.',
  `uri` varchar(255) DEFAULT NULL COMMENT 'Optional project URI',
  `created_at` datetime(6) NOT NULL COMMENT 'Date the project was added to the database.',
  `creator_name` varchar(255) NOT NULL COMMENT 'Name of the user who added the project.',
  `creator_email` varchar(255) NOT NULL COMMENT 'Email address of the user who added the project.',
  PRIMARY KEY (`project`),
  UNIQUE KEY `uri` (`uri`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch projects deployed to this database.';
INSERT INTO `projects` VALUES ('shop','https://example.com/shop/','2026-11-21 21:28:26.671091','Ann B','ann@example.com');
CREATE TABLE `releases` (
  `version` float(4,1) NOT NULL COMMENT 'Version of the Sqitch registry.',
  `installed_at` datetime(6) NOT NULL COMMENT 'Date the registry release was installed.',
  `installer_name` varchar(255) NOT NULL COMMENT 'Name of the user who installed the registry release.',
  `installer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who installed the registry release.',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch registry releases.';
INSERT INTO `releases` VALUES (1.1,'2026-11-21 21:28:25.538541','Ann B','ann@example.com');
CREATE TABLE `tags` (
  `tag_id` varchar(40) NOT NULL COMMENT 'Tag primary key.',
  `tag` varchar(255) NOT NULL COMMENT 'Project-unique tag name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the tag belongs.',
  `change_id` varchar(40) NOT NULL COMMENT 'ID of last change deployed before the tag was applied.',
  `note` varchar(255) NOT NULL COMMENT 'Description of the tag.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the tag was applied to the database.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who applied the tag.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who applied the tag.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the tag was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the tag.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the tag.',
  PRIMARY KEY (`tag_id`),
  UNIQUE KEY `project` (`project`,`tag`),
  KEY `change_id` (`change_id`),
  CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE,
  CONSTRAINT `tags_ibfk_2` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the tags currently applied to the database.';
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL,
  KEY `three_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == pending
CREATE TABLE `changes` (
  `change_id` varchar(40) NOT NULL COMMENT 'Change primary key.',
  `script_hash` varchar(40) DEFAULT NULL COMMENT 'Deploy script SHA-1 hash.',
  `change` varchar(255) NOT NULL COMMENT 'Name of a deployed change.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the change was deployed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who deployed the change.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who deployed the change.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the change was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the change.',
  PRIMARY KEY (`change_id`),
  UNIQUE KEY `project` (`project`,`script_hash`),
  CONSTRAINT `changes_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the changes currently deployed to the database.';
INSERT INTO `changes` VALUES ('92f6251c94fbd74ff408ed08b5a33aac2e49661c','5d0fd05c816b796eeebf0d2262b312407bb66a10','two','shop','Adds two.','2026-11-21 21:28:41.082032','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:28:41.018916','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `dependencies` (
  `change_id` varchar(40) NOT NULL COMMENT 'ID of the depending change.',
  `type` varchar(8) NOT NULL COMMENT 'Type of dependency.',
  `dependency` varchar(255) NOT NULL COMMENT 'Dependency name.',
  `dependency_id` varchar(40) DEFAULT NULL COMMENT 'Change ID the dependency resolves to.',
  PRIMARY KEY (`change_id`,`dependency`),
  KEY `dependency_id` (`dependency_id`),
  CONSTRAINT `dependencies_ibfk_1` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `dependencies_ibfk_2` FOREIGN KEY (`dependency_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the currently satisfied dependencies.';
CREATE TABLE `events` (
  `event` enum('deploy','fail','merge','revert') NOT NULL COMMENT 'Type of event.',
  `change_id` varchar(40) NOT NULL COMMENT 'Change ID.',
  `change` varchar(255) NOT NULL COMMENT 'Change name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `requires` text NOT NULL COMMENT 'List of the names of required changes.',
  `conflicts` text NOT NULL COMMENT 'List of the names of conflicting changes.',
  `tags` text NOT NULL COMMENT 'List of tags associated with the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the event was committed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who committed the event.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who committed the event.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the event was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who plan planned the change.',
  PRIMARY KEY (`change_id`,`committed_at`),
  KEY `project` (`project`),
  CONSTRAINT `events_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Contains full history of all deployment events.';
INSERT INTO `events` VALUES ('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:28:41.082843','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:28:41.019410','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `projects` (
  `project` varchar(255) NOT NULL COMMENT 'Unique Name of a project.',
  `uri` varchar(255) DEFAULT NULL COMMENT 'Optional project URI',
  `created_at` datetime(6) NOT NULL COMMENT 'Date the project was added to the database.',
  `creator_name` varchar(255) NOT NULL COMMENT 'Name of the user who added the project.',
  `creator_email` varchar(255) NOT NULL COMMENT 'Email address of the user who added the project.',
  PRIMARY KEY (`project`),
  UNIQUE KEY `uri` (`uri`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch projects deployed to this database.';
INSERT INTO `projects` VALUES ('shop','https://example.com/shop/','2026-11-21 21:28:40.869449','Ann B','ann@example.com');
CREATE TABLE `releases` (
  `version` float(4,1) NOT NULL COMMENT 'Version of the Sqitch registry.',
  `installed_at` datetime(6) NOT NULL COMMENT 'Date the registry release was installed.',
  `installer_name` varchar(255) NOT NULL COMMENT 'Name of the user who installed the registry release.',
  `installer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who installed the registry release.',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch registry releases.';
INSERT INTO `releases` VALUES (1.1,'2026-11-21 21:28:40.112266','Ann B','ann@example.com');
CREATE TABLE `tags` (
  `tag_id` varchar(40) NOT NULL COMMENT 'Tag primary key.',
  `tag` varchar(255) NOT NULL COMMENT 'Project-unique tag name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the tag belongs.',
  `change_id` varchar(40) NOT NULL COMMENT 'ID of last change deployed before the tag was applied.',
  `note` varchar(255) NOT NULL COMMENT 'Description of the tag.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the tag was applied to the database.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who applied the tag.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who applied the tag.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the tag was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the tag.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the tag.',
  PRIMARY KEY (`tag_id`),
  UNIQUE KEY `project` (`project`,`tag`),
  KEY `change_id` (`change_id`),
  CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE,
  CONSTRAINT `tags_ibfk_2` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the tags currently applied to the database.';
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == failed
CREATE TABLE `changes` (
  `change_id` varchar(40) NOT NULL COMMENT 'Change primary key.',
  `script_hash` varchar(40) DEFAULT NULL COMMENT 'Deploy script SHA-1 hash.',
  `change` varchar(255) NOT NULL COMMENT 'Name of a deployed change.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the change was deployed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who deployed the change.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who deployed the change.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the change was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the change.',
  PRIMARY KEY (`change_id`),
  UNIQUE KEY `project` (`project`,`script_hash`),
  CONSTRAINT `changes_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the changes currently deployed to the database.';
INSERT INTO `changes` VALUES ('92f6251c94fbd74ff408ed08b5a33aac2e49661c','5d0fd05c816b796eeebf0d2262b312407bb66a10','two','shop','Adds two.','2026-11-21 21:28:48.491748','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:28:48.315694','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `dependencies` (
  `change_id` varchar(40) NOT NULL COMMENT 'ID of the depending change.',
  `type` varchar(8) NOT NULL COMMENT 'Type of dependency.',
  `dependency` varchar(255) NOT NULL COMMENT 'Dependency name.',
  `dependency_id` varchar(40) DEFAULT NULL COMMENT 'Change ID the dependency resolves to.',
  PRIMARY KEY (`change_id`,`dependency`),
  KEY `dependency_id` (`dependency_id`),
  CONSTRAINT `dependencies_ibfk_1` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `dependencies_ibfk_2` FOREIGN KEY (`dependency_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the currently satisfied dependencies.';
CREATE TABLE `events` (
  `event` enum('deploy','fail','merge','revert') NOT NULL COMMENT 'Type of event.',
  `change_id` varchar(40) NOT NULL COMMENT 'Change ID.',
  `change` varchar(255) NOT NULL COMMENT 'Change name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `requires` text NOT NULL COMMENT 'List of the names of required changes.',
  `conflicts` text NOT NULL COMMENT 'List of the names of conflicting changes.',
  `tags` text NOT NULL COMMENT 'List of tags associated with the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the event was committed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who committed the event.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who committed the event.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the event was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who plan planned the change.',
  PRIMARY KEY (`change_id`,`committed_at`),
  KEY `project` (`project`),
  CONSTRAINT `events_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Contains full history of all deployment events.';
INSERT INTO `events` VALUES ('fail','4c9069bd910829f98c947245d024a83f7ff43634','three','shop','Adds three.','','','','2026-11-21 21:28:51.823760','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:28:48.492482','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:28:48.316472','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `projects` (
  `project` varchar(255) NOT NULL COMMENT 'Unique Name of a project.',
  `uri` varchar(255) DEFAULT NULL COMMENT 'Optional project URI',
  `created_at` datetime(6) NOT NULL COMMENT 'Date the project was added to the database.',
  `creator_name` varchar(255) NOT NULL COMMENT 'Name of the user who added the project.',
  `creator_email` varchar(255) NOT NULL COMMENT 'Email address of the user who added the project.',
  PRIMARY KEY (`project`),
  UNIQUE KEY `uri` (`uri`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch projects deployed to this database.';
INSERT INTO `projects` VALUES ('shop','https://example.com/shop/','2026-11-21 21:28:48.222655','Ann B','ann@example.com');
CREATE TABLE `releases` (
  `version` float(4,1) NOT NULL COMMENT 'Version of the Sqitch registry.',
  `installed_at` datetime(6) NOT NULL COMMENT 'Date the registry release was installed.',
  `installer_name` varchar(255) NOT NULL COMMENT 'Name of the user who installed the registry release.',
  `installer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who installed the registry release.',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch registry releases.';
INSERT INTO `releases` VALUES (1.1,'2026-11-21 21:28:47.458883','Ann B','ann@example.com');
CREATE TABLE `tags` (
  `tag_id` varchar(40) NOT NULL COMMENT 'Tag primary key.',
  `tag` varchar(255) NOT NULL COMMENT 'Project-unique tag name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the tag belongs.',
  `change_id` varchar(40) NOT NULL COMMENT 'ID of last change deployed before the tag was applied.',
  `note` varchar(255) NOT NULL COMMENT 'Description of the tag.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the tag was applied to the database.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who applied the tag.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who applied the tag.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the tag was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the tag.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the tag.',
  PRIMARY KEY (`tag_id`),
  UNIQUE KEY `project` (`project`,`tag`),
  KEY `change_id` (`change_id`),
  CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE,
  CONSTRAINT `tags_ibfk_2` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the tags currently applied to the database.';
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == crlf
CREATE TABLE `changes` (
  `change_id` varchar(40) NOT NULL COMMENT 'Change primary key.',
  `script_hash` varchar(40) DEFAULT NULL COMMENT 'Deploy script SHA-1 hash.',
  `change` varchar(255) NOT NULL COMMENT 'Name of a deployed change.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the change was deployed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who deployed the change.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who deployed the change.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the change was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the change.',
  PRIMARY KEY (`change_id`),
  UNIQUE KEY `project` (`project`,`script_hash`),
  CONSTRAINT `changes_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the changes currently deployed to the database.';
INSERT INTO `changes` VALUES ('4c9069bd910829f98c947245d024a83f7ff43634','f83fe1c3b1780638aac213e9c3668364a7185585','three','shop','Adds three.','2026-11-21 21:29:02.568623','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('92f6251c94fbd74ff408ed08b5a33aac2e49661c','80db0246e314ccc053633ba6d79298e6b33d4c36','two','shop','Adds two.','2026-11-21 21:29:02.287297','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('c9dc31edf7260238680e38dbab2349c32b90c0cb','bf3eb70f4c53dbde2329e64bf8e5ce98f1f8aeba','one','shop','Adds one.','2026-11-21 21:29:01.911873','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `dependencies` (
  `change_id` varchar(40) NOT NULL COMMENT 'ID of the depending change.',
  `type` varchar(8) NOT NULL COMMENT 'Type of dependency.',
  `dependency` varchar(255) NOT NULL COMMENT 'Dependency name.',
  `dependency_id` varchar(40) DEFAULT NULL COMMENT 'Change ID the dependency resolves to.',
  PRIMARY KEY (`change_id`,`dependency`),
  KEY `dependency_id` (`dependency_id`),
  CONSTRAINT `dependencies_ibfk_1` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `dependencies_ibfk_2` FOREIGN KEY (`dependency_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the currently satisfied dependencies.';
CREATE TABLE `events` (
  `event` enum('deploy','fail','merge','revert') NOT NULL COMMENT 'Type of event.',
  `change_id` varchar(40) NOT NULL COMMENT 'Change ID.',
  `change` varchar(255) NOT NULL COMMENT 'Change name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `requires` text NOT NULL COMMENT 'List of the names of required changes.',
  `conflicts` text NOT NULL COMMENT 'List of the names of conflicting changes.',
  `tags` text NOT NULL COMMENT 'List of tags associated with the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the event was committed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who committed the event.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who committed the event.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the event was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who plan planned the change.',
  PRIMARY KEY (`change_id`,`committed_at`),
  KEY `project` (`project`),
  CONSTRAINT `events_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Contains full history of all deployment events.';
INSERT INTO `events` VALUES ('deploy','4c9069bd910829f98c947245d024a83f7ff43634','three','shop','Adds three.','','','','2026-11-21 21:29:02.578992','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','92f6251c94fbd74ff408ed08b5a33aac2e49661c','two','shop','Adds two.','','','','2026-11-21 21:29:02.294008','Ann B','ann@example.com','2024-01-02 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:29:01.948546','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `projects` (
  `project` varchar(255) NOT NULL COMMENT 'Unique Name of a project.',
  `uri` varchar(255) DEFAULT NULL COMMENT 'Optional project URI',
  `created_at` datetime(6) NOT NULL COMMENT 'Date the project was added to the database.',
  `creator_name` varchar(255) NOT NULL COMMENT 'Name of the user who added the project.',
  `creator_email` varchar(255) NOT NULL COMMENT 'Email address of the user who added the project.',
  PRIMARY KEY (`project`),
  UNIQUE KEY `uri` (`uri`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch projects deployed to this database.';
INSERT INTO `projects` VALUES ('shop','https://example.com/shop/','2026-11-21 21:29:01.559335','Ann B','ann@example.com');
CREATE TABLE `releases` (
  `version` float(4,1) NOT NULL COMMENT 'Version of the Sqitch registry.',
  `installed_at` datetime(6) NOT NULL COMMENT 'Date the registry release was installed.',
  `installer_name` varchar(255) NOT NULL COMMENT 'Name of the user who installed the registry release.',
  `installer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who installed the registry release.',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch registry releases.';
INSERT INTO `releases` VALUES (1.1,'2026-11-21 21:28:59.711337','Ann B','ann@example.com');
CREATE TABLE `tags` (
  `tag_id` varchar(40) NOT NULL COMMENT 'Tag primary key.',
  `tag` varchar(255) NOT NULL COMMENT 'Project-unique tag name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the tag belongs.',
  `change_id` varchar(40) NOT NULL COMMENT 'ID of last change deployed before the tag was applied.',
  `note` varchar(255) NOT NULL COMMENT 'Description of the tag.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the tag was applied to the database.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who applied the tag.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who applied the tag.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the tag was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the tag.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the tag.',
  PRIMARY KEY (`tag_id`),
  UNIQUE KEY `project` (`project`,`tag`),
  KEY `change_id` (`change_id`),
  CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE,
  CONSTRAINT `tags_ibfk_2` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the tags currently applied to the database.';
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL,
  KEY `three_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == late
CREATE TABLE `changes` (
  `change_id` varchar(40) NOT NULL COMMENT 'Change primary key.',
  `script_hash` varchar(40) DEFAULT NULL COMMENT 'Deploy script SHA-1 hash.',
  `change` varchar(255) NOT NULL COMMENT 'Name of a deployed change.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the change was deployed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who deployed the change.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who deployed the change.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the change was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the change.',
  PRIMARY KEY (`change_id`),
  UNIQUE KEY `project` (`project`,`script_hash`),
  CONSTRAINT `changes_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the changes currently deployed to the database.';
INSERT INTO `changes` VALUES ('2b9c91c573a5350df2d15253288d32a8fdbafb8d','9d12c4f71eb65b5c02385085f8fcbc0315a9e3bf','three','shop','Adds three.','2026-11-21 21:29:11.505551','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:29:11.029797','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `dependencies` (
  `change_id` varchar(40) NOT NULL COMMENT 'ID of the depending change.',
  `type` varchar(8) NOT NULL COMMENT 'Type of dependency.',
  `dependency` varchar(255) NOT NULL COMMENT 'Dependency name.',
  `dependency_id` varchar(40) DEFAULT NULL COMMENT 'Change ID the dependency resolves to.',
  PRIMARY KEY (`change_id`,`dependency`),
  KEY `dependency_id` (`dependency_id`),
  CONSTRAINT `dependencies_ibfk_1` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `dependencies_ibfk_2` FOREIGN KEY (`dependency_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the currently satisfied dependencies.';
CREATE TABLE `events` (
  `event` enum('deploy','fail','merge','revert') NOT NULL COMMENT 'Type of event.',
  `change_id` varchar(40) NOT NULL COMMENT 'Change ID.',
  `change` varchar(255) NOT NULL COMMENT 'Change name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `requires` text NOT NULL COMMENT 'List of the names of required changes.',
  `conflicts` text NOT NULL COMMENT 'List of the names of conflicting changes.',
  `tags` text NOT NULL COMMENT 'List of tags associated with the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the event was committed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who committed the event.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who committed the event.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the event was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who plan planned the change.',
  PRIMARY KEY (`change_id`,`committed_at`),
  KEY `project` (`project`),
  CONSTRAINT `events_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Contains full history of all deployment events.';
INSERT INTO `events` VALUES ('deploy','2b9c91c573a5350df2d15253288d32a8fdbafb8d','three','shop','Adds three.','','','','2026-11-21 21:29:11.517552','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:29:11.038550','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `projects` (
  `project` varchar(255) NOT NULL COMMENT 'Unique Name of a project.',
  `uri` varchar(255) DEFAULT NULL COMMENT 'Optional project URI',
  `created_at` datetime(6) NOT NULL COMMENT 'Date the project was added to the database.',
  `creator_name` varchar(255) NOT NULL COMMENT 'Name of the user who added the project.',
  `creator_email` varchar(255) NOT NULL COMMENT 'Email address of the user who added the project.',
  PRIMARY KEY (`project`),
  UNIQUE KEY `uri` (`uri`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch projects deployed to this database.';
INSERT INTO `projects` VALUES ('shop','https://example.com/shop/','2026-11-21 21:29:10.822512','Ann B','ann@example.com');
CREATE TABLE `releases` (
  `version` float(4,1) NOT NULL COMMENT 'Version of the Sqitch registry.',
  `installed_at` datetime(6) NOT NULL COMMENT 'Date the registry release was installed.',
  `installer_name` varchar(255) NOT NULL COMMENT 'Name of the user who installed the registry release.',
  `installer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who installed the registry release.',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch registry releases.';
INSERT INTO `releases` VALUES (1.1,'2026-11-21 21:29:08.886507','Ann B','ann@example.com');
CREATE TABLE `tags` (
  `tag_id` varchar(40) NOT NULL COMMENT 'Tag primary key.',
  `tag` varchar(255) NOT NULL COMMENT 'Project-unique tag name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the tag belongs.',
  `change_id` varchar(40) NOT NULL COMMENT 'ID of last change deployed before the tag was applied.',
  `note` varchar(255) NOT NULL COMMENT 'Description of the tag.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the tag was applied to the database.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who applied the tag.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who applied the tag.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the tag was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the tag.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the tag.',
  PRIMARY KEY (`tag_id`),
  UNIQUE KEY `project` (`project`,`tag`),
  KEY `change_id` (`change_id`),
  CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE,
  CONSTRAINT `tags_ibfk_2` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the tags currently applied to the database.';
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL,
  KEY `three_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == late-migrated
CREATE TABLE `changes` (
  `change_id` varchar(40) NOT NULL COMMENT 'Change primary key.',
  `script_hash` varchar(40) DEFAULT NULL COMMENT 'Deploy script SHA-1 hash.',
  `change` varchar(255) NOT NULL COMMENT 'Name of a deployed change.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the change was deployed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who deployed the change.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who deployed the change.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the change was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the change.',
  PRIMARY KEY (`change_id`),
  UNIQUE KEY `project` (`project`,`script_hash`),
  CONSTRAINT `changes_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the changes currently deployed to the database.';
INSERT INTO `changes` VALUES ('2b9c91c573a5350df2d15253288d32a8fdbafb8d','9d12c4f71eb65b5c02385085f8fcbc0315a9e3bf','three','shop','Adds three.','2026-11-21 21:29:11.505551','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `changes` VALUES ('c9dc31edf7260238680e38dbab2349c32b90c0cb','a3b7d3c6a82529b445961b2f667fb7c49f651e63','one','shop','Adds one.','2026-11-21 21:29:11.029797','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `dependencies` (
  `change_id` varchar(40) NOT NULL COMMENT 'ID of the depending change.',
  `type` varchar(8) NOT NULL COMMENT 'Type of dependency.',
  `dependency` varchar(255) NOT NULL COMMENT 'Dependency name.',
  `dependency_id` varchar(40) DEFAULT NULL COMMENT 'Change ID the dependency resolves to.',
  PRIMARY KEY (`change_id`,`dependency`),
  KEY `dependency_id` (`dependency_id`),
  CONSTRAINT `dependencies_ibfk_1` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT `dependencies_ibfk_2` FOREIGN KEY (`dependency_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the currently satisfied dependencies.';
CREATE TABLE `events` (
  `event` enum('deploy','fail','merge','revert') NOT NULL COMMENT 'Type of event.',
  `change_id` varchar(40) NOT NULL COMMENT 'Change ID.',
  `change` varchar(255) NOT NULL COMMENT 'Change name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the change belongs.',
  `note` text NOT NULL COMMENT 'Description of the change.',
  `requires` text NOT NULL COMMENT 'List of the names of required changes.',
  `conflicts` text NOT NULL COMMENT 'List of the names of conflicting changes.',
  `tags` text NOT NULL COMMENT 'List of tags associated with the change.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the event was committed.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who committed the event.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who committed the event.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the event was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the change.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who plan planned the change.',
  PRIMARY KEY (`change_id`,`committed_at`),
  KEY `project` (`project`),
  CONSTRAINT `events_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Contains full history of all deployment events.';
INSERT INTO `events` VALUES ('deploy','2b9c91c573a5350df2d15253288d32a8fdbafb8d','three','shop','Adds three.','','','','2026-11-21 21:29:11.517552','Ann B','ann@example.com','2024-01-03 00:00:00.000000','Ann B','ann@example.com');
INSERT INTO `events` VALUES ('deploy','c9dc31edf7260238680e38dbab2349c32b90c0cb','one','shop','Adds one.','','','','2026-11-21 21:29:11.038550','Ann B','ann@example.com','2024-01-01 00:00:00.000000','Ann B','ann@example.com');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `projects` (
  `project` varchar(255) NOT NULL COMMENT 'Unique Name of a project.',
  `uri` varchar(255) DEFAULT NULL COMMENT 'Optional project URI',
  `created_at` datetime(6) NOT NULL COMMENT 'Date the project was added to the database.',
  `creator_name` varchar(255) NOT NULL COMMENT 'Name of the user who added the project.',
  `creator_email` varchar(255) NOT NULL COMMENT 'Email address of the user who added the project.',
  PRIMARY KEY (`project`),
  UNIQUE KEY `uri` (`uri`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch projects deployed to this database.';
INSERT INTO `projects` VALUES ('shop','https://example.com/shop/','2026-11-21 21:29:10.822512','Ann B','ann@example.com');
CREATE TABLE `releases` (
  `version` float(4,1) NOT NULL COMMENT 'Version of the Sqitch registry.',
  `installed_at` datetime(6) NOT NULL COMMENT 'Date the registry release was installed.',
  `installer_name` varchar(255) NOT NULL COMMENT 'Name of the user who installed the registry release.',
  `installer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who installed the registry release.',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Sqitch registry releases.';
INSERT INTO `releases` VALUES (1.1,'2026-11-21 21:29:08.886507','Ann B','ann@example.com');
CREATE TABLE `tags` (
  `tag_id` varchar(40) NOT NULL COMMENT 'Tag primary key.',
  `tag` varchar(255) NOT NULL COMMENT 'Project-unique tag name.',
  `project` varchar(255) NOT NULL COMMENT 'Name of the Sqitch project to which the tag belongs.',
  `change_id` varchar(40) NOT NULL COMMENT 'ID of last change deployed before the tag was applied.',
  `note` varchar(255) NOT NULL COMMENT 'Description of the tag.',
  `committed_at` datetime(6) NOT NULL COMMENT 'Date the tag was applied to the database.',
  `committer_name` varchar(255) NOT NULL COMMENT 'Name of the user who applied the tag.',
  `committer_email` varchar(255) NOT NULL COMMENT 'Email address of the user who applied the tag.',
  `planned_at` datetime(6) NOT NULL COMMENT 'Date the tag was added to the plan.',
  `planner_name` varchar(255) NOT NULL COMMENT 'Name of the user who planed the tag.',
  `planner_email` varchar(255) NOT NULL COMMENT 'Email address of the user who planned the tag.',
  PRIMARY KEY (`tag_id`),
  UNIQUE KEY `project` (`project`,`tag`),
  KEY `change_id` (`change_id`),
  CONSTRAINT `tags_ibfk_1` FOREIGN KEY (`project`) REFERENCES `projects` (`project`) ON UPDATE CASCADE,
  CONSTRAINT `tags_ibfk_2` FOREIGN KEY (`change_id`) REFERENCES `changes` (`change_id`) ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Tracks the tags currently applied to the database.';
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL,
  KEY `three_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
