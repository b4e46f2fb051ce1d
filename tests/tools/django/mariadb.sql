-- Django 5.2.19 on MariaDB 10.11.19
-- == clean
CREATE TABLE `django_content_type` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app_label` varchar(100) NOT NULL,
  `model` varchar(100) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `django_content_type_app_label_model_76bd3d3b_uniq` (`app_label`,`model`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `django_content_type` VALUES (1,'contenttypes','contenttype');
CREATE TABLE `django_migrations` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app` varchar(255) NOT NULL,
  `name` varchar(255) NOT NULL,
  `applied` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=6 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `django_migrations` VALUES (1,'billing','0001_one','2026-11-21 21:25:37.079546');
INSERT INTO `django_migrations` VALUES (2,'billing','0002_two','2026-11-21 21:25:37.116531');
INSERT INTO `django_migrations` VALUES (3,'billing','0003_three','2026-11-21 21:25:37.135507');
INSERT INTO `django_migrations` VALUES (4,'contenttypes','0001_initial','2026-11-21 21:25:37.173880');
INSERT INTO `django_migrations` VALUES (5,'contenttypes','0002_remove_content_type_name','2026-11-21 21:25:37.352295');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL,
  KEY `three_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == pending
CREATE TABLE `django_content_type` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app_label` varchar(100) NOT NULL,
  `model` varchar(100) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `django_content_type_app_label_model_76bd3d3b_uniq` (`app_label`,`model`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `django_content_type` VALUES (1,'contenttypes','contenttype');
CREATE TABLE `django_migrations` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app` varchar(255) NOT NULL,
  `name` varchar(255) NOT NULL,
  `applied` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `django_migrations` VALUES (1,'billing','0001_one','2026-11-21 21:25:54.618152');
INSERT INTO `django_migrations` VALUES (2,'billing','0002_two','2026-11-21 21:25:54.692336');
INSERT INTO `django_migrations` VALUES (3,'contenttypes','0001_initial','2026-11-21 21:25:54.783021');
INSERT INTO `django_migrations` VALUES (4,'contenttypes','0002_remove_content_type_name','2026-11-21 21:25:54.922897');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
-- == failed
CREATE TABLE `django_content_type` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app_label` varchar(100) NOT NULL,
  `model` varchar(100) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `django_content_type_app_label_model_76bd3d3b_uniq` (`app_label`,`model`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `django_content_type` VALUES (1,'contenttypes','contenttype');
CREATE TABLE `django_migrations` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `app` varchar(255) NOT NULL,
  `name` varchar(255) NOT NULL,
  `applied` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `django_migrations` VALUES (1,'billing','0001_one','2026-11-21 21:26:00.432664');
INSERT INTO `django_migrations` VALUES (2,'billing','0002_two','2026-11-21 21:26:00.454644');
INSERT INTO `django_migrations` VALUES (3,'contenttypes','0001_initial','2026-11-21 21:26:00.472752');
INSERT INTO `django_migrations` VALUES (4,'contenttypes','0002_remove_content_type_name','2026-11-21 21:26:00.603425');
CREATE TABLE `one` (
  `id` int(11) DEFAULT NULL,
  KEY `one_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `three` (
  `id` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `two` (
  `id` int(11) DEFAULT NULL,
  KEY `two_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
