//! Ledgers that the real tools made, for tools whose order is a graph or a plan. The recipe beside each makes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::TestRepo;

/// A tool, where its files lie below its folder, and how `guard.toml` names the set.
struct Kept {
    name: &'static str,
    root: &'static str,
    dir: &'static str,
}

const ALEMBIC: Kept = Kept { name: "alembic", root: "migrations", dir: "migrations/versions" };
const BRANCHES: Kept = Kept { name: "alembic", root: "branches", dir: "branches/versions" };
const DJANGO: Kept = Kept { name: "django", root: "shop", dir: "shop/billing/migrations" };

/// The plan lies above the directory; the registry is a file of its own.
const SQITCH: Kept = Kept { name: "sqitch", root: "flip", dir: "flip/deploy" };
const REWORKED: Kept = Kept { name: "sqitch", root: "again", dir: "again/deploy" };

impl Kept {
    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(self.name)
    }

    /// A repository with all files committed but those whose names hold a word of `without`, and the database.
    fn repo(&self, dump: &str, without: &[&str]) -> TestRepo {
        let repo = TestRepo::new();
        repo.write(".gitignore", "*.db*\n");
        repo.write(
            "guard.toml",
            format!(
                "[[migrations]]\ntool = \"{}\"\ndir = \"{}\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = true\n\
                 timeout = \"10s\"\nat = [\"commit\", \"ci\"]\n\n[rules]\npending-migration = \"warn\"\n",
                self.name, self.dir
            ),
        );
        for path in files_below(&self.folder().join(self.root)) {
            let below = path.strip_prefix(self.folder()).unwrap().to_str().unwrap().to_owned();
            if !without.iter().any(|word| below.contains(word)) {
                repo.write(&below, fs::read(&path).unwrap());
            }
        }
        self.load(&repo, "dev.db", dump);
        repo.git(&["add", "."]);
        repo.git(&["commit", "-q", "-m", "migrations"]);
        repo.write("code", "a change elsewhere\n");
        repo
    }

    fn load(&self, repo: &TestRepo, database: &str, dump: &str) {
        let statements = fs::read_to_string(self.folder().join(dump)).unwrap();
        let connection = rusqlite::Connection::open(repo.path().join(database)).unwrap();
        connection.execute_batch(&format!("PRAGMA foreign_keys = off;\n{statements}")).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.folder().join(path)).unwrap()
    }

    #[track_caller]
    fn expect(&self, repo: &TestRepo, state: &str, rules: &[&str]) {
        repo.git(&["add", "-A"]);
        let check = repo.guard(&["check", "--format", "json"]);
        assert_eq!(check.rules(), rules, "{}: {state}\n{}", self.name, check.out());
    }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// What is the same for every tool whose migrations are Python.
fn edits(kept: &Kept, path: &str, word: (&str, &str)) {
    let repo = kept.repo("clean.sql", &[]);
    kept.expect(&repo, "clean", &[]);
    let text = kept.text(path);
    let edited = text.replace(word.0, word.1);
    assert_ne!(edited, text);
    repo.write(path, edited);
    kept.expect(&repo, "edited", &["edited-migration"]);
    repo.write(path, text.replace('\n', "\r\n"));
    kept.expect(&repo, "with CRLF", &["reformatted-migration"]);
    repo.write(path, format!("# a word\n{text}"));
    kept.expect(&repo, "with a comment", &["reformatted-migration"]);
}

#[test]
fn alembic() {
    let versions = |name: &str| format!("migrations/versions/{name}.py");
    let (two, merge) = (versions("b2c3d4e5f6a1_two"), versions("d4e5f6a1b2c3_merge"));
    edits(&ALEMBIC, &two, ("\"two\"", "\"second\""));

    let repo = ALEMBIC.repo("pending.sql", &[]);
    ALEMBIC.expect(&repo, "pending", &["pending-migration"]);
    assert!(repo.guard(&["check"]).out().contains("3 published migrations"));
    let repo = ALEMBIC.repo("empty.sql", &[]);
    ALEMBIC.expect(&repo, "taken back", &["pending-migration"]);
    assert!(repo.guard(&["check"]).out().contains("4 published migrations"));
    // Two rows, and all but the merge is applied: what they build on has no row.
    let repo = ALEMBIC.repo("heads.sql", &["merge"]);
    ALEMBIC.expect(&repo, "two heads that were there before", &["multiple-heads"]);
    repo.write(&merge, ALEMBIC.text(&merge));
    ALEMBIC.expect(&repo, "two heads, joined", &[]);
    let repo = ALEMBIC.repo("heads.sql", &["merge", "three"]);
    repo.write(versions("c3d4e5f6a1b2_three"), ALEMBIC.text(&versions("c3d4e5f6a1b2_three")));
    ALEMBIC.expect(&repo, "a second head", &["multiple-heads"]);
    let repo = ALEMBIC.repo("clean.sql", &["merge"]);
    ALEMBIC.expect(&repo, "a head from elsewhere", &["applied-but-absent", "multiple-heads"]);
    let repo = ALEMBIC.repo("clean.sql", &[]);
    fs::remove_file(repo.path().join(&two)).unwrap();
    ALEMBIC.expect(&repo, "a parent deleted", &["deleted-migration", "missing-parent"]);
    // The file lies there and is not staged; its name says nothing.
    let repo = ALEMBIC.repo("clean.sql", &["merge"]);
    repo.git(&["add", "-A"]);
    repo.write(versions("untracked"), ALEMBIC.text(&merge));
    let rules = repo.guard(&["check", "--format", "json"]).rules();
    assert_eq!(rules, ["multiple-heads", "uncommitted-migration"]);
    // It was there, under a name that says nothing.
    fs::remove_file(repo.path().join(versions("untracked"))).unwrap();
    repo.write(versions("freely"), ALEMBIC.text(&merge));
    repo.commit("with it");
    fs::remove_file(repo.path().join(versions("freely"))).unwrap();
    let gone = repo.commit("without it").to_string();
    repo.write("code", "a change elsewhere, again\n");
    repo.git(&["add", "-A"]);
    let said = repo.guard(&["check"]).out();
    assert!(said.contains("deleted") && said.contains(&gone[..8]), "{said}");
    // Another revision on top, with a name that sorts first.
    let repo = ALEMBIC.repo("clean.sql", &[]);
    let newest = ALEMBIC.text(&merge).replace("(\"b2c3d4e5f6a1\", \"c3d4e5f6a1b2\")", "\"d4e5f6a1b2c3\"");
    repo.write(
        versions("000000000000_newest"),
        newest.replace("= \"d4e5f6a1b2c3\"\nd", "= \"000000000000\"\nd"),
    );
    ALEMBIC.expect(&repo, "a new one", &[]);
}

/// Branches with names, of which one needs another by its revision, and a third by its label.
#[test]
fn branches_of_alembic() {
    let file = |name: &str| format!("branches/versions/{name}.py");
    for (dump, pending) in
        [("branches-all", None), ("branches-shop", Some("z1")), ("branches-base", Some("3"))]
    {
        let repo = BRANCHES.repo(&format!("{dump}.sql"), &[]);
        BRANCHES.expect(&repo, dump, if pending.is_some() { &["pending-migration"] } else { &[] });
        let said = repo.guard(&["check"]).out();
        assert!(
            pending.is_none_or(|pending| said.contains(&format!("{pending} published"))
                || said.contains(&format!("migration {pending}"))),
            "{dump}: {said}"
        );
    }
    // The one that others need is edited, and one of another branch is deleted.
    let repo = BRANCHES.repo("branches-all.sql", &[]);
    repo.write(file("x2_more"), BRANCHES.text(&file("x2_more")).replace("\"more\"", "\"less\""));
    BRANCHES.expect(&repo, "edited", &["edited-migration"]);
    let repo = BRANCHES.repo("branches-all.sql", &[]);
    fs::remove_file(repo.path().join(file("z1_report"))).unwrap();
    BRANCHES.expect(&repo, "deleted", &["applied-but-absent", "deleted-migration"]);
    // Alembic itself stops at such rows.
    let repo = BRANCHES.repo("overlap.sql", &[]);
    BRANCHES.expect(&repo, "overlapping", &["overlapping-heads", "pending-migration"]);
    let said = repo.guard(&["check"]).out();
    assert!(said.contains("DELETE FROM alembic_version WHERE version_num = 'x1'"), "{said}");
}

#[test]
fn django() {
    let file = |name: &str| format!("shop/billing/migrations/{name}.py");
    let (two, three) = (file("0002_two"), file("0003_three"));
    edits(&DJANGO, &two, ("\"Two\"", "\"Second\""));

    let repo = DJANGO.repo("pending.sql", &[]);
    DJANGO.expect(&repo, "pending", &["pending-migration"]);
    assert!(repo.guard(&["check"]).out().contains("2 published migrations"), "not those of other apps");
    let repo = DJANGO.repo("faked.sql", &[]);
    DJANGO.expect(&repo, "faked", &[]);
    let repo = DJANGO.repo("clean.sql", &["0003"]);
    DJANGO.expect(&repo, "applied from elsewhere", &["applied-but-absent"]);
    repo.write(&three, DJANGO.text(&three));
    DJANGO.expect(&repo, "new, and applied already", &[]);
    let repo = DJANGO.repo("clean.sql", &[]);
    fs::remove_file(repo.path().join(&two)).unwrap();
    DJANGO.expect(&repo, "deleted", &["applied-but-absent", "deleted-migration", "missing-parent"]);
    let repo = DJANGO.repo("clean.sql", &[]);
    repo.write(file("0003_other"), DJANGO.text(&three).replace("\"Three\"", "\"Other\""));
    DJANGO.expect(&repo, "a second leaf", &["multiple-heads"]);

    // A squash is added, the old files go later, and the rows stay for ever.
    let squash = DJANGO.text("squash/0001_squashed_0003_three.py");
    let path = file("0001_squashed_0003_three");
    let repo = DJANGO.repo("clean.sql", &[]);
    repo.write(&path, &squash);
    DJANGO.expect(&repo, "a squash", &[]);
    repo.git(&["commit", "-q", "-m", "squash"]);
    repo.write("code", "a change elsewhere, again\n");
    DJANGO.expect(&repo, "a squash, committed: the next run records it", &[]);
    for name in ["0001_initial", "0002_two", "0003_three"] {
        fs::remove_file(repo.path().join(file(name))).unwrap();
    }
    DJANGO.expect(&repo, "what it replaces, tidied away", &[]);
    repo.git(&["commit", "-q", "-m", "tidied"]);
    repo.write("code", "a change elsewhere\n");
    DJANGO.expect(&repo, "tidied away before", &[]);
    fs::remove_file(repo.path().join("dev.db")).unwrap();
    DJANGO.load(&repo, "dev.db", "squashed.sql");
    DJANGO.expect(&repo, "a new database", &[]);
    fs::remove_file(repo.path().join("dev.db")).unwrap();
    DJANGO.load(&repo, "dev.db", "pending.sql");
    DJANGO.expect(&repo, "half of what it replaces", &["pending-migration"]);

    // At last the squash says no longer what it stands for; the rows stay, and Django passes over them.
    fs::remove_file(repo.path().join("dev.db")).unwrap();
    DJANGO.load(&repo, "dev.db", "squashed.sql");
    let start = squash.find("    replaces").unwrap();
    let end = start + squash[start..].find('\n').unwrap();
    repo.write(&path, squash.replace(&squash[start..end], ""));
    repo.commit("the squash is a migration like any other");
    repo.write("code", "a change elsewhere, at last\n");
    DJANGO.expect(&repo, "rows that stay", &["applied-but-absent"]);
    let found = repo.guard(&["check", "--at", "ci", "--format", "json"]).json();
    let absent = |one: &&serde_json::Value| one["rule"] == "applied-but-absent";
    let levels: Vec<_> =
        found["findings"].as_array().unwrap().iter().filter(absent).map(|one| &one["level"]).collect();
    assert_eq!(levels, ["warn"; 3], "CI does not soften them: {found}");
}

#[test]
fn sqitch() {
    let script = |name: &str| format!("flip/deploy/{name}.sql");
    let repo = SQITCH.repo("clean.sql", &[]);
    SQITCH.expect(&repo, "clean", &[]);
    let text = SQITCH.text(&script("two"));
    repo.write(script("two"), text.replace("INTEGER", "BIGINT"));
    SQITCH.expect(&repo, "edited", &["checksum-mismatch"]);
    repo.write(script("two"), text.replace('\n', "\r\n"));
    SQITCH.expect(&repo, "with CRLF", &["edited-migration"]);
    repo.write(script("two"), &text);
    let plan = SQITCH.text("flip/sqitch.plan");
    fs::remove_file(repo.path().join(script("three"))).unwrap();
    let line = plan.split('\n').find(|line| line.starts_with("three")).unwrap();
    repo.write("flip/sqitch.plan", plan.replace(&format!("{line}\n"), ""));
    SQITCH.expect(&repo, "deleted", &["applied-but-absent", "deleted-migration"]);

    // The plan alone: seen without a registry too.
    let offline = |name: &str, text: &str, rules: &[&str]| {
        let repo = SQITCH.repo("clean.sql", &[]);
        repo.write("flip/sqitch.plan", text);
        repo.git(&["add", "-A"]);
        assert_eq!(repo.guard(&["check", "--offline", "--format", "json"]).rules(), rules, "{name}");
    };
    offline("a line less", &plan.replace(&format!("{line}\n"), ""), &["deleted-migration"]);
    offline("a note", &plan.replace("Adds one.", "Adds the one."), &["stale-record"]);
    offline(
        "the project's address",
        &plan.replace("example.com/flip", "example.com/flop"),
        &["stale-record"],
    );
    let second = plan.split('\n').find(|line| line.starts_with("two")).unwrap();
    let moved = plan.replace(&format!("{second}\n"), "").replace("three [two", "three [one") + second + "\n";
    offline("lines that changed places", &moved, &["stale-record"]);
    offline("a comment", &plan.replace("one 2026", "# about one\none 2026"), &[]);

    SQITCH.expect(&SQITCH.repo("pending.sql", &[]), "pending", &["pending-migration"]);
    // One of three has failed, and the other two were taken back; what is not in the plan any more is not said.
    let repo = SQITCH.repo("failed.sql", &[]);
    SQITCH.expect(&repo, "failed, and reverted", &["failed-migration", "pending-migration"]);
    repo.write("flip/sqitch.plan", plan.replace("Adds three.", "Adds the three."));
    SQITCH.expect(&repo, "failed, and planned anew", &["pending-migration", "stale-record"]);
    // A change in the middle of the plan: the id of each covers all before it.
    let repo = SQITCH.repo("clean.sql", &[]);
    repo.write("flip/sqitch.plan", plan.replace(line, &format!("{}\n{line}", line.replace("three", "late"))));
    repo.write(script("late"), text.replace("two", "late"));
    SQITCH.expect(&repo, "late", &["out-of-order-migration", "pending-migration", "re-stamped-migration"]);
    let repo = SQITCH.repo("clean.sql", &[]);
    repo.write("flip/sqitch.plan", format!("{plan}{}\n", line.replace("three", "four")));
    repo.write(script("four"), text.replace("two", "four"));
    SQITCH.expect(&repo, "new", &[]);
    repo.write("flip/sqitch.plan", &plan);
    SQITCH.expect(&repo, "not in the plan", &["ignored-file"]);
}

/// On SQLite it is a file of its own: the schema of what is deployed is in another.
#[test]
fn a_registry_of_sqitch_alone_is_no_schema() {
    let repo = SQITCH.repo("clean.sql", &[]);
    let report = repo.guard(&["audit", "dev", "--format", "json"]).code(2).json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0), "{report}");
    assert!(report["outages"].to_string().contains("holds the registry of Sqitch alone"), "{report}");
}

/// The configuration says where the plan is, and how scripts end.
#[test]
fn the_settings_of_sqitch() {
    let script = |name: &str| format!("flip/deploy/{name}.sql");
    let (plan, text) = (SQITCH.text("flip/sqitch.plan"), SQITCH.text(&script("two")));
    let repo = SQITCH.repo("clean.sql", &["sqitch.", "deploy"]);
    repo.write("sqitch.conf", "[core]\n\ttop_dir = flip\n\tplan_file = plans/flip.plan\n\textension = ddl\n");
    repo.write("plans/flip.plan", &plan);
    for name in ["one", "two", "three"] {
        repo.write(format!("flip/deploy/{name}.ddl"), SQITCH.text(&script(name)));
    }
    repo.commit("elsewhere");
    SQITCH.expect(&repo, "settings", &[]);
    repo.write("plans/flip.plan", plan.replace("Adds one.", "Adds the one."));
    repo.git(&["add", "-A"]);
    assert_eq!(repo.guard(&["check", "--offline", "--format", "json"]).rules(), ["stale-record"]);

    // Without a word in guard.toml: what a target says comes before its engine and before the rest.
    let repo = TestRepo::new();
    repo.write(
        "sqitch.conf",
        "[core]\n\tengine = pg\n\tplan_file = plans/flip.plan\n[engine \"pg\"]\n\ttarget = prod\n\
         [target \"prod\"]\n\turi = db:pg:flip\n\tdeploy_dir = sql/deploy\n",
    );
    repo.write("plans/flip.plan", &plan);
    for name in ["one", "two", "three"] {
        repo.write(format!("sql/deploy/{name}.sql"), SQITCH.text(&script(name)));
    }
    repo.commit("discovered");
    repo.write("sql/deploy/two.sql", text.replace("INTEGER", "BIGINT"));
    repo.git(&["add", "-A"]);
    let check = repo.guard(&["check", "--format", "json"]);
    assert_eq!(check.rules(), ["edited-migration"], "{}", check.out());
    assert_eq!(check.json()["examined"]["migrations"], 3);
}

#[test]
fn what_sqitch_reworks() {
    let repo = REWORKED.repo("reworked.sql", &[]);
    REWORKED.expect(&repo, "written again", &[]);
    let repo = REWORKED.repo("clean.sql", &[]);
    REWORKED.expect(&repo, "written again, and not run yet", &["pending-migration"]);
    // The commit that does it: the old text moves to a name with the tag.
    let repo = REWORKED.repo("clean.sql", &["@"]);
    for path in ["deploy/one.sql", "deploy/two.sql", "deploy/three.sql", "sqitch.plan"] {
        repo.write(format!("again/{path}"), SQITCH.text(&format!("flip/{path}")));
    }
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "-m", "before"]);
    for path in files_below(&REWORKED.folder().join("again")) {
        let below = path.strip_prefix(REWORKED.folder()).unwrap();
        repo.write(below, fs::read(&path).unwrap());
    }
    REWORKED.expect(&repo, "the commit that writes it again", &[]);
}

/// One declaration without a directory stands for all apps, also for those that come later.
#[test]
fn all_apps_of_django() {
    let repo = DJANGO.repo("pending.sql", &[]);
    repo.write(
        "shop/stock/migrations/0001_initial.py",
        "class Migration(migrations.Migration):\n    dependencies = []\n",
    );
    let config = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    let config = config.replace("dir = \"shop/billing/migrations\"\n", "name = \"shop\"\n");
    repo.write("guard.toml", config.replace("url =", "sets = [\"shop\"]\nurl ="));
    DJANGO.expect(&repo, "two apps", &["pending-migration"]);
    assert_eq!(repo.guard(&["check", "--format", "json"]).json()["examined"]["sets"], 2);
}

/// A formatter goes through all apps of a project, and each of them may have few files.
#[test]
fn an_edit_of_all_apps_of_django_is_one_go() {
    let repo = TestRepo::new();
    let class = |value: u8| {
        format!(
            "class Migration(migrations.Migration):\n    dependencies = []\n    operations = [f({value})]\n"
        )
    };
    repo.write("guard.toml", "[[migrations]]\ntool = \"django\"\nname = \"all\"\n");
    let write = |apps: &[&str], value: u8| {
        for app in apps {
            repo.write(format!("{app}/migrations/0001_initial.py"), class(value));
        }
    };
    write(&["a", "b", "c", "d", "e"], 1);
    repo.commit("five apps");
    let levels = || -> Vec<String> {
        repo.git(&["add", "-A"]);
        let report = repo.guard(&["check", "--format", "json"]).json();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|one| format!("{} {}", one["level"], one["what"])).collect()
    };
    write(&["a", "b", "c", "d"], 2);
    assert_eq!(levels().iter().filter(|one| one.contains("deny")).count(), 4);
    write(&["e"], 2);
    let all = levels();
    assert_eq!(all.len(), 5, "{all:?}");
    let said = "was edited in one go with 4 in other directories, as a formatter or an upgrade does";
    assert!(all.iter().all(|one| one.contains("warn") && one.contains(said)), "{all:?}");
}
