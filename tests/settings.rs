//! Files of the project's own that change how a tool computes: read from what is judged, never from the work tree.

use crate::support::{TestRepo, sqlx_database};

const TEXT: &str = "CREATE TABLE one (id INTEGER);\r\n";

/// A set of sqlx whose text has CRLF, and a database in which it was recorded as if it had none.
fn project(dir: &str) -> TestRepo {
    let repo = TestRepo::new();
    let toml = format!(
        "[[migrations]]\ntool = \"sqlx\"\ndir = \"{dir}\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
         required = true\ntimeout = \"20s\"\nat = [\"commit\"]\n"
    );
    repo.write("guard.toml", toml);
    repo.write(".gitignore", "*.db\n");
    repo.commit_file(&format!("{dir}/1_one.sql"), TEXT);
    sqlx_database(&repo.path().join("dev.db"), &[(1, "one", &TEXT.replace('\r', ""))]);
    repo
}

fn rules(repo: &TestRepo) -> Vec<String> {
    repo.guard(&["check", "--format", "json"]).rules()
}

#[test]
fn sqlx_leaves_out_the_characters_that_its_file_names() {
    for (dir, file) in [("migrations", "sqlx.toml"), ("crates/shop/migrations", "crates/shop/sqlx.toml")] {
        let repo = project(dir);
        assert_eq!(rules(&repo), ["checksum-mismatch"]);
        repo.write(file, "[migrate]\nignored-chars = [\"\\r\"]\n");
        assert_eq!(rules(&repo), ["checksum-mismatch"], "it is not staged");
        repo.git(&["add", "-A"]);
        assert_eq!(rules(&repo), [""; 0]);
        // A migrator that does not read the file has recorded the text as it is.
        std::fs::remove_file(repo.path().join("dev.db")).unwrap();
        sqlx_database(&repo.path().join("dev.db"), &[(1, "one", TEXT)]);
        assert_eq!(rules(&repo), [""; 0]);
        repo.write(format!("{dir}/1_one.sql"), "CREATE TABLE one (id BIGINT);\r\n");
        repo.git(&["add", "-A"]);
        assert_eq!(rules(&repo), ["checksum-mismatch"]);
    }
}

#[test]
fn settings_that_say_nothing_of_it_change_nothing() {
    let repo = project("migrations");
    for text in ["not TOML at all [", "[migrate]\nignored-chars = [\"ab\"]\n", "[migrate]\n", ""] {
        repo.write("sqlx.toml", text);
        repo.git(&["add", "-A"]);
        assert_eq!(rules(&repo), ["checksum-mismatch"], "{text}");
    }
}

/// The blocks of the README that show a guard.toml are one: together, and with the file of the variable.
#[test]
fn the_guard_toml_of_the_readme_is_one() {
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let blocks: Vec<&str> =
        readme.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert_eq!(blocks.len(), 4);
    let repo = TestRepo::new();
    repo.write("guard.toml", blocks.concat());
    repo.write("migrations/0001_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    let revision =
        "revision = \"a1\"\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table(\"users\")\n";
    repo.write("migrations/versions/a1_users.py", revision);
    repo.git(&["add", "."]);
    repo.guard(&["config"]).success();
}
