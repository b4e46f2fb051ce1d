//! Streams that nobody reads, disks that are full, and colour.

use std::fs::File;
use std::process::{Command, Stdio};

use super::{decent, guard_in, published, stderr};
use crate::commits::ONE;
use crate::support::{Guarded, TestRepo};

/// Runs guard by a shell, where `$guard` names it. The exit code is that of the shell's last command.
fn shell(repo: &TestRepo, script: &str) -> Guarded {
    let mut sh = repo.command("bash");
    sh.env("guard", env!("CARGO_BIN_EXE_guard")).args(["-c", script]);
    decent(Guarded(sh.output().unwrap()))
}

/// A reader that goes away is no error: the exit code is the verdict.
#[test]
fn a_reader_that_is_gone() {
    let repo = published();
    for command in
        ["rules", "tools", "check", "explain edited-migration", "completions bash", "man", "--help"]
    {
        for reader in ["true", "head -0", "head -1 >/dev/null"] {
            let said =
                shell(&repo, &format!("\"$guard\" {command} | {reader}; exit ${{PIPESTATUS[0]}}")).success();
            assert_eq!(said.err(), "", "{command} | {reader}");
        }
    }
    repo.git(&["rm", "-q", ONE]);
    let said = shell(&repo, "\"$guard\" check --format json | true; exit ${PIPESTATUS[0]}").code(1);
    assert_eq!(said.err(), "");
}

#[test]
fn closed_streams() {
    let repo = published();
    shell(&repo, "\"$guard\" check >&-").success();
    shell(&repo, "\"$guard\" hook pre-commit 2>&- >&- <&-").success();
    repo.git(&["rm", "-q", ONE]);
    shell(&repo, "\"$guard\" check >&-").code(1);
    shell(&repo, "\"$guard\" hook pre-commit 2>&- >&- <&-").code(1);
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// A report that does not arrive is none: exit 2, and said. What cannot be said changes no verdict.
#[test]
fn a_full_disk() {
    let repo = published();
    let guard = |arguments: &[&str]| -> Command {
        let mut guard = repo.command(env!("CARGO_BIN_EXE_guard"));
        guard.args(arguments);
        guard
    };
    for arguments in [&["check"][..], &["check", "--format", "json"], &["rules"], &["status"], &["config"]] {
        let output = guard(arguments).stdout(full()).output().unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("error: the output cannot be written: No space left on device"), "{text}");
    }
    let to_a_file = decent(repo.guard(&["check", "-o", "/dev/full"])).code(2).err();
    assert!(to_a_file.contains("/dev/full cannot be written"), "{to_a_file}");
    repo.git(&["mv", ONE, "migrations/11_one.sql"]);
    for (arguments, code) in [(&["hook", "pre-commit"][..], 1), (&["check"], 1)] {
        assert_eq!(guard(arguments).stderr(full()).output().unwrap().status.code(), Some(code));
    }
}

/// Flags before variables, NO_COLOR before those that force, and nothing where the stream is no terminal.
#[test]
fn colour() {
    let repo = published();
    repo.git(&["rm", "-q", ONE]);
    let cases: &[(&[(&str, Option<&str>)], &[&str], bool)] = &[
        (&[], &[], false),
        (&[("NO_COLOR", Some("1"))], &[], false),
        (&[("FORCE_COLOR", Some("1"))], &[], true),
        (&[("FORCE_COLOR", Some("0"))], &[], false),
        (&[("CLICOLOR_FORCE", Some("1"))], &[], true),
        (&[("CLICOLOR_FORCE", Some("0"))], &[], false),
        (&[("CLICOLOR_FORCE", Some("1")), ("NO_COLOR", Some("1"))], &[], false),
        (&[("CLICOLOR_FORCE", Some("1")), ("NO_COLOR", Some(""))], &[], true),
        (&[("FORCE_COLOR", Some("1")), ("TERM", Some("dumb"))], &[], true),
        (&[("TERM", Some("dumb"))], &[], false),
        (&[("CLICOLOR_FORCE", Some("1"))], &["--color", "never"], false),
        (&[("NO_COLOR", Some("1"))], &["--color", "always"], true),
    ];
    let names = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM"];
    let none: Vec<(&str, Option<&str>)> = names.into_iter().map(|name| (name, None)).collect();
    for (variables, arguments, colored) in cases {
        let variables = [&none[..], variables].concat();
        for command in [&["check"][..], &["hook", "pre-commit"]] {
            let said =
                decent(guard_in(&repo, repo.path(), &variables, &[command, arguments].concat())).code(1);
            let text = said.out() + &said.err();
            assert_eq!(text.contains("\u{1b}["), *colored, "{variables:?} {arguments:?}: {text}");
        }
        // For programs there is no colour, whatever is forced.
        let json = [&["check", "--format", "json"], *arguments].concat();
        let json = decent(guard_in(&repo, repo.path(), &variables, &json)).code(1);
        assert!(!json.out().contains('\u{1b}'), "{variables:?}");
    }
}
