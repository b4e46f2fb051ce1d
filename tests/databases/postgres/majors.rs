//! Other major versions of PostgreSQL than that of this machine, from their registry: what was made in one and restored in the other is the same, and
//! what somebody does by hand is seen in each. `GUARD_REPLAY_OTHER` names a directory with the programs of yet another for
//! `cargo test majors::of_yours -- --ignored`.

use std::path::PathBuf;
use std::sync::OnceLock;

use migguard::config::env;
use migguard::model::Script;

use super::folders::{Version, differences_anywhere};
use super::schema::{base_for, every_change};
use super::*;
use crate::support::installed;
use crate::support::postgres::ROLES;

type Other = (Server, PathBuf);

fn started(programs: PathBuf) -> Other {
    let server = Server::start_in(&programs, "");
    server.admin("postgres").run(ROLES);
    (server, programs)
}

/// The versions are installed once, whoever of several tests comes first.
fn programs(major: &str) -> PathBuf {
    static ALL: OnceLock<PathBuf> = OnceLock::new();
    ALL.get_or_init(|| installed("majors")).join(major).join("bin")
}

/// The oldest version that guard reads, and where its programs are.
fn oldest() -> &'static Other {
    static SERVER: OnceLock<Other> = OnceLock::new();
    SERVER.get_or_init(|| started(programs("12")))
}

/// The newest.
fn newest() -> &'static Other {
    static SERVER: OnceLock<Other> = OnceLock::new();
    SERVER.get_or_init(|| started(programs("18")))
}

/// What the versions have differently: identity in partitions; defaults that a partition lacks, as a dump has them; functions that come with a
/// type of a role's own; names of constraints for NOT NULL.
const MORE: &str = "
CREATE TABLE shop.log (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, until timestamp(3) DEFAULT now()) PARTITION BY RANGE (at);
CREATE TABLE shop.log_1 (LIKE shop.log INCLUDING CONSTRAINTS);
ALTER TABLE shop.log ATTACH PARTITION shop.log_1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE shop.log_2 PARTITION OF shop.log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TYPE shop.numbers AS RANGE (subtype = integer);
CREATE TABLE shop.early (place text NOT NULL, kind varchar(9) CHECK (kind IN ('a', 'b')), many integer[] DEFAULT ARRAY[]::integer[]);
ALTER TABLE shop.early RENAME TO late;
ALTER TABLE shop.late RENAME place TO somewhere;
CREATE VIEW shop.latest AS SELECT * FROM shop.late WHERE somewhere <> ALL ('{x,y}') AND kind NOT IN ('a', 'c') ORDER BY 1;
CREATE VIEW shop.totals AS SELECT l.kind, count(*) FILTER (WHERE u.id > 5) AS many, max(u.name) OVER (PARTITION BY l.kind) AS most
    FROM shop.late l LEFT JOIN shop.users u ON u.name = l.kind GROUP BY l.kind, u.name;
CREATE INDEX by_kind ON shop.late (coalesce(kind, 'none')) WHERE kind IN ('a', 'b') OR somewhere LIKE 'x%';
";

fn the_same_in_both((server, programs): &'static Other) {
    let mut versions = [Version::of(Server::shared(), None), Version::of(server, Some(programs))];
    assert_ne!(versions[0].major, versions[1].major);
    versions.sort_by_key(|version| version.major);
    let base = base_for(versions[0].major);
    let whole = Script { text: format!("{base}{MORE}"), line: 1, transaction: false };
    let pieces = versions[0].scratch.pieces(&whole).into_iter().enumerate();
    let mut scripts: Vec<(PathBuf, Script)> =
        pieces.map(|(number, piece)| (PathBuf::from(format!("{number}")), piece)).collect();
    let all = scripts.len();
    // Some of it only a superuser may make, which migrations are replayed without.
    for version in &mut versions {
        scripts.retain(|(file, script)| {
            version.try_step(file, script);
            !version.refused.contains(file)
        });
        version.refused.clear();
    }
    assert!(scripts.len() > all * 3 / 4, "{} of {all}", scripts.len());
    let (wrong, objects) = differences_anywhere(&scripts, &mut versions);
    assert!(wrong == 0 && objects > 100, "{wrong} of {objects}");
}

#[test]
fn what_one_version_has_from_another_is_the_same() {
    the_same_in_both(oldest());
    the_same_in_both(newest());
}

#[test]
fn every_change_by_hand_is_seen_in_the_oldest_version() {
    every_change(&oldest().0);
}

#[test]
fn every_change_by_hand_is_seen_in_the_newest_version() {
    every_change(&newest().0);
}

#[test]
#[ignore = "works with the programs that GUARD_REPLAY_OTHER names"]
fn of_yours() {
    let programs = env::get("GUARD_REPLAY_OTHER").expect("GUARD_REPLAY_OTHER=DIR");
    let other: &'static Other = Box::leak(Box::new(started(programs.into())));
    every_change(&other.0);
    the_same_in_both(other);
}
