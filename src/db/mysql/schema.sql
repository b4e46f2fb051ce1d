--- database: character set, collation
SELECT 'database', 'default', '', DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME
FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE();

--- table: engine, collation, options, versioning, comment
SELECT 'table', TABLE_NAME, '', ENGINE, TABLE_COLLATION, NULLIF(CREATE_OPTIONS, ''),
       IF(TABLE_TYPE = 'SYSTEM VERSIONED', 'yes', NULL), NULLIF(TABLE_COMMENT, '')
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED');

--- column: type, collation, not null, default, extra, generated, comment, reference system
SELECT 'column', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IF(IS_NULLABLE = 'NO', 'yes', NULL), COLUMN_DEFAULT,
       NULLIF(EXTRA, ''), NULLIF(GENERATION_EXPRESSION, ''), NULLIF(COLUMN_COMMENT, '')
       , NULL -- mariadb
       , SRS_ID -- mysql
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE();

--- partitioning: partitioned by, of, then by, then of
SELECT DISTINCT 'partitioning', TABLE_NAME, '', PARTITION_METHOD, PARTITION_EXPRESSION, SUBPARTITION_METHOD, SUBPARTITION_EXPRESSION
FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME IS NOT NULL;

--- partition: values, comment
SELECT 'partition', TABLE_NAME, CONCAT_WS('.', PARTITION_NAME, SUBPARTITION_NAME), PARTITION_DESCRIPTION, NULLIF(PARTITION_COMMENT, '')
FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME IS NOT NULL;

--- view: definition, check option, security, algorithm, definer, client character set, connection collation
SELECT 'view', TABLE_NAME, '', VIEW_DEFINITION, NULLIF(CHECK_OPTION, 'NONE'), NULLIF(SECURITY_TYPE, 'DEFINER')
       , NULLIF(ALGORITHM, 'UNDEFINED') -- mariadb
       , NULL -- mysql
       , DEFINER, CHARACTER_SET_CLIENT, COLLATION_CONNECTION
FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE();

--- trigger: time, body, definer, sql mode, client character set, connection collation, database collation
SELECT 'trigger', EVENT_OBJECT_TABLE, TRIGGER_NAME, LOWER(CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION)), ACTION_STATEMENT,
       DEFINER, SQL_MODE, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION
FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();

--- trigger order: order
SELECT 'trigger order', EVENT_OBJECT_TABLE, LOWER(CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION)),
       GROUP_CONCAT(TRIGGER_NAME ORDER BY ACTION_ORDER SEPARATOR ', ')
FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
GROUP BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION HAVING COUNT(*) > 1;

--- procedure|function|package|package body: returns, body, deterministic, data, security, comment, definer, sql mode, client character set, connection collation, database collation
SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME, '', NULLIF(DTD_IDENTIFIER, ''), ROUTINE_DEFINITION, IF(IS_DETERMINISTIC = 'YES', 'yes', NULL),
       NULLIF(SQL_DATA_ACCESS, 'CONTAINS SQL'), NULLIF(SECURITY_TYPE, 'DEFINER'), NULLIF(ROUTINE_COMMENT, ''),
       DEFINER, SQL_MODE, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION
FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE();

--- procedure parameter|function parameter: position, mode, type
SELECT LOWER(CONCAT(ROUTINE_TYPE, ' parameter')), SPECIFIC_NAME, PARAMETER_NAME, ORDINAL_POSITION, PARAMETER_MODE, DTD_IDENTIFIER
FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE() AND ORDINAL_POSITION > 0;

--- event: every, body, preserved, status, comment, definer, sql mode, time zone, client character set, connection collation, database collation
SELECT 'event', EVENT_NAME, '', LOWER(CONCAT(INTERVAL_VALUE, ' ', INTERVAL_FIELD)), EVENT_DEFINITION, IF(ON_COMPLETION = 'PRESERVE', 'yes', NULL),
       IF(STATUS = 'DISABLED', 'disabled', NULL), NULLIF(EVENT_COMMENT, ''),
       DEFINER, SQL_MODE, TIME_ZONE, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION
FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() AND EVENT_TYPE = 'RECURRING';

--- sequence: definition
SELECT 'sequence', TABLE_NAME, '', NULL FROM information_schema.TABLES -- mariadb
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'; -- mariadb
