-- yoyo-migrations 9.0.0 on MariaDB 10.11.19
-- == clean
CREATE TABLE `_yoyo_log` (
  `id` varchar(36) NOT NULL,
  `migration_hash` varchar(64) DEFAULT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `operation` varchar(10) DEFAULT NULL,
  `username` varchar(255) DEFAULT NULL,
  `hostname` varchar(255) DEFAULT NULL,
  `comment` varchar(255) DEFAULT NULL,
  `created_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_log` VALUES ('36519570-e5d5-11f1-9020-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21 17:58:52');
INSERT INTO `_yoyo_log` VALUES ('367b4596-e5d5-11f1-9020-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21 17:58:53');
INSERT INTO `_yoyo_log` VALUES ('36959ae0-e5d5-11f1-9020-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21 17:58:53');
CREATE TABLE `_yoyo_migration` (
  `migration_hash` varchar(64) NOT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `applied_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`migration_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_migration` VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21 17:58:53');
INSERT INTO `_yoyo_migration` VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21 17:58:52');
INSERT INTO `_yoyo_migration` VALUES ('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21 17:58:53');
CREATE TABLE `_yoyo_version` (
  `version` int(11) NOT NULL,
  `installed_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_version` VALUES (2,'2026-11-21 17:58:52');
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `yoyo_lock` (
  `locked` int(11) NOT NULL DEFAULT 1,
  `ctime` timestamp NULL DEFAULT NULL,
  `pid` int(11) NOT NULL,
  PRIMARY KEY (`locked`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == pending
CREATE TABLE `_yoyo_log` (
  `id` varchar(36) NOT NULL,
  `migration_hash` varchar(64) DEFAULT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `operation` varchar(10) DEFAULT NULL,
  `username` varchar(255) DEFAULT NULL,
  `hostname` varchar(255) DEFAULT NULL,
  `comment` varchar(255) DEFAULT NULL,
  `created_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_log` VALUES ('3a07575e-e5d5-11f1-91fa-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21 17:58:58');
INSERT INTO `_yoyo_log` VALUES ('3a1d5e32-e5d5-11f1-91fa-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21 17:58:59');
CREATE TABLE `_yoyo_migration` (
  `migration_hash` varchar(64) NOT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `applied_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`migration_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_migration` VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21 17:58:59');
INSERT INTO `_yoyo_migration` VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21 17:58:58');
CREATE TABLE `_yoyo_version` (
  `version` int(11) NOT NULL,
  `installed_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_version` VALUES (2,'2026-11-21 17:58:58');
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `yoyo_lock` (
  `locked` int(11) NOT NULL DEFAULT 1,
  `ctime` timestamp NULL DEFAULT NULL,
  `pid` int(11) NOT NULL,
  PRIMARY KEY (`locked`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == failed
CREATE TABLE `_yoyo_log` (
  `id` varchar(36) NOT NULL,
  `migration_hash` varchar(64) DEFAULT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `operation` varchar(10) DEFAULT NULL,
  `username` varchar(255) DEFAULT NULL,
  `hostname` varchar(255) DEFAULT NULL,
  `comment` varchar(255) DEFAULT NULL,
  `created_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_log` VALUES ('3bdd5042-e5d5-11f1-8079-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21 17:59:02');
INSERT INTO `_yoyo_log` VALUES ('3c07016c-e5d5-11f1-8079-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21 17:59:02');
CREATE TABLE `_yoyo_migration` (
  `migration_hash` varchar(64) NOT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `applied_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`migration_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_migration` VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21 17:59:02');
INSERT INTO `_yoyo_migration` VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21 17:59:02');
CREATE TABLE `_yoyo_version` (
  `version` int(11) NOT NULL,
  `installed_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_version` VALUES (2,'2026-11-21 17:59:01');
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `yoyo_lock` (
  `locked` int(11) NOT NULL DEFAULT 1,
  `ctime` timestamp NULL DEFAULT NULL,
  `pid` int(11) NOT NULL,
  PRIMARY KEY (`locked`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == late
CREATE TABLE `_yoyo_log` (
  `id` varchar(36) NOT NULL,
  `migration_hash` varchar(64) DEFAULT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `operation` varchar(10) DEFAULT NULL,
  `username` varchar(255) DEFAULT NULL,
  `hostname` varchar(255) DEFAULT NULL,
  `comment` varchar(255) DEFAULT NULL,
  `created_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_log` VALUES ('3efd787e-e5d5-11f1-8808-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21 17:59:07');
INSERT INTO `_yoyo_log` VALUES ('3f13799e-e5d5-11f1-8808-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21 17:59:07');
CREATE TABLE `_yoyo_migration` (
  `migration_hash` varchar(64) NOT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `applied_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`migration_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_migration` VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21 17:59:07');
INSERT INTO `_yoyo_migration` VALUES ('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21 17:59:07');
CREATE TABLE `_yoyo_version` (
  `version` int(11) NOT NULL,
  `installed_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_version` VALUES (2,'2026-11-21 17:59:06');
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `yoyo_lock` (
  `locked` int(11) NOT NULL DEFAULT 1,
  `ctime` timestamp NULL DEFAULT NULL,
  `pid` int(11) NOT NULL,
  PRIMARY KEY (`locked`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == late-migrated
CREATE TABLE `_yoyo_log` (
  `id` varchar(36) NOT NULL,
  `migration_hash` varchar(64) DEFAULT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `operation` varchar(10) DEFAULT NULL,
  `username` varchar(255) DEFAULT NULL,
  `hostname` varchar(255) DEFAULT NULL,
  `comment` varchar(255) DEFAULT NULL,
  `created_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_log` VALUES ('3efd787e-e5d5-11f1-8808-02fc00000001','1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','apply','root','localhost',NULL,'2026-11-21 17:59:07');
INSERT INTO `_yoyo_log` VALUES ('3f13799e-e5d5-11f1-8808-02fc00000001','6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','apply','root','localhost',NULL,'2026-11-21 17:59:07');
INSERT INTO `_yoyo_log` VALUES ('40079970-e5d5-11f1-bfa3-02fc00000001','04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','apply','root','localhost',NULL,'2026-11-21 17:59:09');
CREATE TABLE `_yoyo_migration` (
  `migration_hash` varchar(64) NOT NULL,
  `migration_id` varchar(255) DEFAULT NULL,
  `applied_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`migration_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_migration` VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168','0002.two','2026-11-21 17:59:09');
INSERT INTO `_yoyo_migration` VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713','0001.one','2026-11-21 17:59:07');
INSERT INTO `_yoyo_migration` VALUES ('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc','0003.three','2026-11-21 17:59:07');
CREATE TABLE `_yoyo_version` (
  `version` int(11) NOT NULL,
  `installed_at_utc` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `_yoyo_version` VALUES (2,'2026-11-21 17:59:06');
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `yoyo_lock` (
  `locked` int(11) NOT NULL DEFAULT 1,
  `ctime` timestamp NULL DEFAULT NULL,
  `pid` int(11) NOT NULL,
  PRIMARY KEY (`locked`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
