-- drizzle-orm 0.45.4 on MariaDB 10.11.19
-- == clean
CREATE TABLE `__drizzle_migrations` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `hash` text NOT NULL,
  `created_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `__drizzle_migrations` VALUES (1,'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f',1704067200000);
INSERT INTO `__drizzle_migrations` VALUES (2,'1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f',1704153600000);
INSERT INTO `__drizzle_migrations` VALUES (3,'07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0',1704240000000);
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
-- == pending
CREATE TABLE `__drizzle_migrations` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `hash` text NOT NULL,
  `created_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `__drizzle_migrations` VALUES (1,'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f',1704067200000);
INSERT INTO `__drizzle_migrations` VALUES (2,'1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f',1704153600000);
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == failed
CREATE TABLE `__drizzle_migrations` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `hash` text NOT NULL,
  `created_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `__drizzle_migrations` VALUES (1,'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f',1704067200000);
INSERT INTO `__drizzle_migrations` VALUES (2,'1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f',1704153600000);
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
-- == crlf
CREATE TABLE `__drizzle_migrations` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `hash` text NOT NULL,
  `created_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `__drizzle_migrations` VALUES (1,'11b266b10a80a65be271c6f8d0b7f44e30e793939096711374f5060dcfcfe8e7',1704067200000);
INSERT INTO `__drizzle_migrations` VALUES (2,'6a5dce90f0ddacb5474a1789ae14e22128d4033e77f58b8399bcf9c2c1127630',1704153600000);
INSERT INTO `__drizzle_migrations` VALUES (3,'2d874403bcdea44bf1064f87dcc7a299a4659b51ccb121f0f4452c24c2651822',1704240000000);
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
-- == late
CREATE TABLE `__drizzle_migrations` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `hash` text NOT NULL,
  `created_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `__drizzle_migrations` VALUES (1,'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f',1704067200000);
INSERT INTO `__drizzle_migrations` VALUES (2,'07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0',1704240000000);
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == late-migrated
CREATE TABLE `__drizzle_migrations` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `hash` text NOT NULL,
  `created_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `__drizzle_migrations` VALUES (1,'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f',1704067200000);
INSERT INTO `__drizzle_migrations` VALUES (2,'07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0',1704240000000);
CREATE TABLE `one` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
