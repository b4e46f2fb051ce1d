//! Owners and rights of a real database against a replay: what migrations say of them is compared, and what others provide for is not.

use std::time::Instant;

use migguard::drift::{History, Limits, Step, judge};
use migguard::model::{Drift, Script};

use super::*;

/// The migrations of a project that gives rights.
const GRANTS: &str = "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE orders (id int); CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c (); \
    CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION one() FROM PUBLIC; \
    GRANT SELECT ON users TO scram; GRANT SELECT, UPDATE ON users TO clear; GRANT EXECUTE ON FUNCTION one() TO scram; \
    ALTER TABLE orders OWNER TO md5";

/// That of one that does not.
const NONE: &str = "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE orders (id int); CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c (); \
    CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'";

fn held(text: &str, by_hand: &str) -> Drift {
    let live = Postgres::fresh();
    // Those who deploy are not who replays.
    live.run(&format!("GRANT ALL ON SCHEMA public TO certified, md5; GRANT md5 TO certified; SET ROLE certified; {text}; RESET ROLE"));
    live.run(by_hand);
    let script = Script { text: text.to_owned(), line: 1, transaction: true };
    let step = Step { migration: (0, "1".to_owned()), script: Some(script), old: Vec::new() };
    let history = History { recorded: vec![step], pending: Vec::new() };
    let schema = live.open(AMPLE).unwrap().schema().unwrap();
    let limits = Limits { trials: 5, deadline: Instant::now() + 3 * AMPLE };
    judge(schema, &history, &mut *replay::scratch(), &|_| false, limits).unwrap()
}

fn said(drift: &Drift) -> Vec<String> {
    let accounted = drift.accounts.iter().flat_map(|account| &account.differences);
    accounted.chain(drift.unexplained.iter().flatten()).map(|one| one.id.to_string()).collect()
}

#[test]
fn what_others_provide_for_is_no_drift() {
    let others = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain; GRANT INSERT ON users TO encrypted WITH GRANT OPTION; \
        ALTER DEFAULT PRIVILEGES FOR ROLE certified GRANT SELECT ON TABLES TO plain; GRANT USAGE ON SCHEMA public TO plain; \
        REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem TO 9999', current_database()); END $$";
    for (text, more) in
        [(GRANTS, ""), (NONE, "; ALTER TABLE users OWNER TO plain; REVOKE ALL ON FUNCTION one() FROM PUBLIC")]
    {
        let drift = held(text, &format!("{others}{more}"));
        assert_eq!(said(&drift), [""; 0], "{drift:?}");
        let left_out = drift.left_out.join(", ");
        assert!(left_out.contains(" rights") && left_out.contains("1 settings"), "{left_out}");
    }
}

#[test]
fn what_migrations_give_is_missed_and_more_of_it_is_seen() {
    assert_eq!(said(&held(GRANTS, "")), [""; 0]);
    for (by_hand, id) in [
        ("REVOKE SELECT ON users FROM scram", "right public.users.to scram"),
        ("REVOKE UPDATE ON users FROM clear", "right public.users.to clear"),
        ("GRANT DELETE ON orders TO clear", "right public.orders.to clear"),
        ("GRANT EXECUTE ON FUNCTION one() TO PUBLIC", "right public.one().to PUBLIC"),
        ("ALTER TABLE orders OWNER TO certified", "owner public.orders.owner"),
        ("ALTER TABLE users OWNER TO md5", "owner public.users.owner"),
    ] {
        assert_eq!(said(&held(GRANTS, by_hand)), [id], "{by_hand}");
    }
}

#[test]
fn default_privileges_of_migrations_are_missed_and_more_of_them_are_seen() {
    let one = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO scram";
    let more = "\
        ALTER DEFAULT PRIVILEGES FOR ROLE certified IN SCHEMA public GRANT USAGE ON SEQUENCES TO clear; \
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO certified";
    let id = "default privileges public.on tables to scram";
    for text in [one.to_owned(), format!("{GRANTS}; {one}; {more}")] {
        assert_eq!(said(&held(&text, "")), [""; 0]);
        for (by_hand, ids) in [
            ("REVOKE SELECT ON TABLES FROM scram", &[id][..]),
            ("GRANT INSERT ON TABLES TO scram WITH GRANT OPTION", &[id]),
            ("GRANT SELECT ON TABLES TO plain", &[]),
        ] {
            let by_hand = format!("ALTER DEFAULT PRIVILEGES FOR ROLE certified IN SCHEMA public {by_hand}");
            assert_eq!(said(&held(&text, &by_hand)), ids, "{by_hand}");
        }
    }
}

#[test]
fn partitions_that_somebodys_job_makes_are_counted() {
    let text = "CREATE TABLE events (at date, what text) PARTITION BY RANGE (at); CREATE INDEX ON events (what); \
        CREATE TABLE \"Logs\" (at date) PARTITION BY RANGE (at); \
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')";
    let job = "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01'); \
        CREATE TABLE \"Logs_2\" PARTITION OF \"Logs\" DEFAULT";
    let drift = held(text, job);
    assert_eq!(said(&drift), [""; 0]);
    assert!(drift.left_out.contains(&"2 partitions".to_owned()), "{:?}", drift.left_out);
    let drift = held(text, "ALTER TABLE events DETACH PARTITION events_1; CREATE TABLE events_2 (x int)");
    let wanted = [
        "partition public.events_1",
        "index public.events_1.events_1_what_idx",
        "table public.events_2",
        "column public.events_2.x",
    ];
    let found = said(&drift);
    assert!(wanted.iter().all(|id| found.iter().any(|known| known == id)), "{found:?}");
}
