//! guard.toml with mistakes, end to end: the place of each, all at once, and exit 2 from whatever reads the file.

use super::{SECRET, decent, joined, published, refused};

/// A text, and what must be said of it: places and words.
const WRONG: &[(&str, &[&str])] = &[
    ("x = ", &["guard.toml:1:5: this is not TOML"]),
    ("[[migrations]\n", &["guard.toml:1:", "this is not TOML"]),
    (
        "[[migrations]]\ntool = \"sqlxx\"\n",
        &["guard.toml:2:8: the tool \"sqlxx\" is not known", "write \"sqlx\""],
    ),
    ("[[migrations]]\ntool = 7\n", &["guard.toml:2:8"]),
    ("[[migrations]]\ndir = \"migrations\"\n", &["guard.toml:1:", "tool"]),
    (
        "[[migrations]]\ntool = \"sqlx\"\ndir = \"../out\"\n",
        &["guard.toml:3:7", "leads out of the repository"],
    ),
    ("[[migrations]]\ntool = \"sqlx\"\ndri = \"migrations\"\n", &["guard.toml:3:1", "dri"]),
    ("[databases.dev]\nurl = \"sqlite:x.db\"\n", &["no `at`", "no `required`", "no `timeout`", "3 mistakes"]),
    (
        "[databases.dev]\nurl = \"sqlite:x.db\"\nrequired = false\ntimeout = \"soon\"\nat = [\"commit\"]\n",
        &["guard.toml:4:11"],
    ),
    (
        "[databases.dev]\nurl = \"sqlite:x.db\"\nrequired = false\ntimeout = \"1s\"\nat = [\"someday\"]\n",
        &["guard.toml:5:7", "someday"],
    ),
    (
        "[databases.dev]\nurl = \"nosuch://me:s3cr3t-word@host/db\"\nrequired = false\ntimeout = \"1s\"\nat = [\"ci\"]\n",
        &["guard.toml:2:7"],
    ),
    ("requires = \">=99\"\n", &["guard.toml:1:12", "requires guard >=99"]),
    ("requires = \"newest\"\n", &["guard.toml:1:12"]),
    ("[rules]\nedited-migrations = \"warn\"\n", &["guard.toml:2:", "write edited-migration"]),
    ("[rules]\nedited-migration = \"loud\"\n", &["guard.toml:2:20", "loud"]),
    ("[[waivers]]\nrule = \"edited-migration\"\nversion = \"1\"\n", &["guard.toml:1:", "reason", "until"]),
    (
        "[[waivers]]\nrule = \"edited-migration\"\nversion = \"1\"\nreason = \"x\"\nuntil = 2026-02-31\n",
        &["guard.toml:5:9"],
    ),
    ("[hook]\nbudget = \"-3s\"\n", &["guard.toml:2:10"]),
    ("[base]\nref = 3\n", &["guard.toml:2:7"]),
    ("unknown = true\n", &["guard.toml:1:1", "unknown"]),
];

#[test]
fn each_mistake_has_its_place() {
    let repo = published();
    for (text, words) in WRONG {
        repo.write("guard.toml", text);
        for arguments in [&["check"][..], &["hook", "pre-commit"], &["status"], &["config"]] {
            let said = decent(repo.guard(arguments)).code(2);
            assert_eq!(said.out(), "", "{text}");
            let said = said.err();
            assert!(said.starts_with("error: ") && said.contains("guard.toml has "), "{text}: {said}");
            assert!(words.iter().all(|word| said.contains(word)), "{text}: {words:?}: {said}");
        }
    }
}

#[test]
fn a_file_that_is_no_text() {
    let repo = published();
    repo.write("guard.toml", b"\xff\xfe\x00\x01");
    let said = decent(repo.guard(&["check"])).code(2).err();
    assert!(said.contains("guard.toml:1:1: the file is not UTF-8"), "{said}");
    std::fs::remove_file(repo.path().join("guard.toml")).unwrap();
    std::fs::create_dir(repo.path().join("guard.toml")).unwrap();
    let text = refused(repo.guard(&["check"]));
    assert!(text.contains("guard.toml cannot be read"), "{text}");
}

/// Tables within tables, as deep as one likes: no stack is overrun.
#[test]
fn a_file_that_is_too_deep() {
    let repo = published();
    for text in
        [format!("x = {}{}", "[".repeat(100_000), "]".repeat(100_000)), "a.".repeat(100_000) + "b = 1"]
    {
        repo.write("guard.toml", text);
        let said = decent(repo.guard(&["check"])).code(2).err();
        assert!(said.contains("guard.toml has ") && said.len() < 20_000, "{} bytes", said.len());
    }
}

/// The set of a database has another name; a database names a variable that is not set.
#[test]
fn what_only_shows_when_it_is_used() {
    let repo = published();
    let database = "required = true\ntimeout = \"1s\"\nat = [\"commit\"]\n";
    let set = crate::commits::GUARD_TOML;
    repo.write(
        "guard.toml",
        format!("{set}[databases.dev]\nurl = \"sqlite:x.db\"\nsets = [\"other\"]\n{database}"),
    );
    let said = decent(repo.guard(&["check"])).code(2).err();
    assert!(said.contains("\"other\"") && said.contains("guard.toml:"), "{said}");
    repo.write("guard.toml", format!("{set}[databases.dev]\nurl = {{ env = \"NOT_SET_HERE\" }}\n{database}"));
    let said = decent(repo.guard(&["check"])).code(2);
    let said = joined(&(said.out() + &said.err()));
    assert!(said.contains("the environment variable NOT_SET_HERE is not set"), "{said}");
    assert!(said.contains("guard.toml:4"), "{said}");
    // Optional: one visible line, and the commit goes on.
    let optional = database.replace("true", "false");
    repo.write("guard.toml", format!("{set}[databases.dev]\nurl = {{ env = \"NOT_SET_HERE\" }}\n{optional}"));
    let said = joined(&decent(repo.guard(&["hook", "pre-commit"])).success().err());
    assert!(
        said.starts_with("note: the database \"dev\"") && said.contains("NOT_SET_HERE is not set"),
        "{said}"
    );
}

/// A password in the file is refused, and not repeated; one in the environment is used, and not shown.
#[test]
fn a_password_is_never_shown() {
    let repo = published();
    let rest = "required = true\ntimeout = \"1s\"\nat = [\"commit\"]\n";
    let url = format!("postgres://me:{SECRET}@localhost:1/db");
    repo.write("guard.toml", format!("[databases.dev]\nurl = \"{url}\"\n{rest}"));
    for arguments in [&["check"][..], &["hook", "pre-commit"], &["config"], &["check", "--format", "json"]] {
        decent(repo.guard(arguments)).code(2);
    }
    let by_variable =
        format!("{}[databases.dev]\nurl = {{ env = \"DB\" }}\n{rest}", crate::commits::GUARD_TOML);
    repo.write("guard.toml", by_variable);
    for url in [&url, &format!("sqlite:{SECRET}?password={SECRET}"), SECRET, &format!("x://{SECRET}")] {
        for arguments in [&["check"][..], &["check", "--format", "json"], &["check", "--format", "github"]] {
            let said = super::guard_in(&repo, repo.path(), &[("DB", Some(url))], arguments);
            let text = said.out() + &said.err();
            // What a file is called is no secret.
            if !url.starts_with("sqlite:") {
                decent(said).code(2);
            }
            assert!(!text.contains("password="), "{text}");
        }
    }
}
