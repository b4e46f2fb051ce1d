//! Calls over the network in the other hooks of the repository that have no end of their own: each can hold up everybody's
//! commits, and nobody has decided that. Only what stands there in so many words is seen; what a script calls is not.

use std::fs;
use std::path::{Path, PathBuf};

/// The hooks that git runs at a commit.
const AT_COMMIT: [&str; 5] =
    ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-merge-commit"];

/// Files in which hook managers keep commands.
const MANAGERS: [&str; 7] = [
    ".pre-commit-config.yaml",
    "lefthook.yml",
    "lefthook.yaml",
    ".lefthook.yml",
    "lefthook-local.yml",
    ".overcommit.yml",
    ".huskyrc",
];

/// No hook that somebody wrote is longer.
const LONGEST: u64 = 256 * 1024;

/// Programs that ask over the network; the options by which they have an end; and how to give them one.
const PROGRAMS: &[(&str, &[&str], &str)] = &[
    ("curl", &["--max-time", "-m"], "curl --max-time 5"),
    ("wget", &["--timeout", "-T"], "wget --timeout=5 --tries=1"),
    ("psql", &[], "timeout 5 psql"),
    ("mysql", &[], "timeout 5 mysql"),
    ("mariadb", &[], "timeout 5 mariadb"),
    ("mongosh", &[], "timeout 5 mongosh"),
    ("redis-cli", &[], "timeout 5 redis-cli"),
    ("nc", &["-w"], "nc -w 5"),
    ("ssh", &[], "timeout 5 ssh"),
    ("scp", &[], "timeout 5 scp"),
    ("npx", &["--no-install", "--no"], "npx --no-install"),
    ("bunx", &["--no-install"], "bunx --no-install"),
    ("pnpx", &[], "pnpm exec"),
    ("kubectl", &["--request-timeout"], "kubectl --request-timeout=5s"),
    ("aws", &[], "timeout 5 aws"),
    ("gcloud", &[], "timeout 5 gcloud"),
    ("gh", &[], "timeout 5 gh"),
];

/// Programs that do so with some of their commands.
const COMMANDS: &[(&str, &[&str])] = &[
    ("git", &["fetch", "pull", "push", "ls-remote", "clone"]),
    ("npm", &["ci", "install", "audit"]),
    ("yarn", &["install", "dlx", "audit"]),
    ("pnpm", &["install", "dlx", "audit"]),
    ("pip", &["install", "download"]),
    ("docker", &["pull", "push", "login"]),
    ("cargo", &["install", "publish"]),
    ("bundle", &["install"]),
];

/// What stands in front of a command and changes nothing about its end.
const BEFORE: [&str; 14] = [
    "if", "then", "else", "elif", "while", "until", "do", "!", "exec", "time", "sudo", "command", "env",
    "nohup",
];

/// A call without an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// The file, as people know it.
    pub(super) file: String,
    /// The line, from 1.
    pub(super) line: usize,
    /// The program.
    pub(super) program: String,
    /// How it would have an end.
    pub(super) fix: String,
}

/// Those in the hooks of a directory and in the files of hook managers at the root.
pub(super) fn calls(hooks: &Path, root: &Path) -> Vec<Call> {
    let husky = root.join(".husky");
    let in_hooks = [hooks, &husky].into_iter().flat_map(|dir| {
        let names = AT_COMMIT.iter().flat_map(|name| [(*name).to_owned(), format!("{name}.guard-chained")]);
        names.map(|name| dir.join(name)).collect::<Vec<_>>()
    });
    let managers = MANAGERS.iter().map(|name| root.join(name));
    let mut files: Vec<PathBuf> = in_hooks.chain(managers).collect();
    files.dedup();
    let texts = files.iter().filter_map(|file| Some((file, read(file)?)));
    texts
        .flat_map(|(file, text)| {
            in_text(&file.strip_prefix(root).unwrap_or(file).display().to_string(), &text)
        })
        .collect()
}

fn read(file: &Path) -> Option<String> {
    fs::metadata(file).ok().filter(|found| found.is_file() && found.len() <= LONGEST)?;
    let bytes = fs::read(file).ok()?;
    // A program is nothing to be read so.
    if bytes.contains(&0) { None } else { Some(String::from_utf8_lossy(&bytes).into_owned()) }
}

fn in_text(file: &str, text: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        for command in commands(line) {
            if let Some((program, fix)) = endless(&command) {
                calls.push(Call { file: file.to_owned(), line: number, program, fix });
            }
        }
    }
    calls
}

/// The commands of a line of shell or YAML, each as its words.
fn commands(line: &str) -> Vec<Vec<&str>> {
    let line = line.trim_start().trim_start_matches("- ").trim_start();
    if line.starts_with('#') {
        return Vec::new();
    }
    // `run: curl ...` of YAML.
    let line = match line.split_once(": ") {
        Some((key, rest)) if !key.contains(char::is_whitespace) => rest,
        _ => line,
    };
    let parts = line.split(|letter: char| ";|&(){}`\"'".contains(letter));
    let words = parts.map(|part| part.split_whitespace().take_while(|word| !word.starts_with('#')).collect());
    words.filter(|words: &Vec<&str>| !words.is_empty()).collect()
}

/// The program and the way out, where it has no end.
fn endless(words: &[&str]) -> Option<(String, String)> {
    let before = |word: &&&str| BEFORE.contains(*word) || word.contains('=') && !word.starts_with('-');
    let mut words = words.iter().skip_while(before);
    let program = words.next()?;
    let name = program.rsplit('/').next().unwrap_or(program);
    let rest: Vec<&str> = words.copied().collect();
    if let Some((_, options, fix)) = PROGRAMS.iter().find(|(known, _, _)| *known == name) {
        let bounded = rest.iter().any(|word| {
            let option = word.split('=').next().unwrap_or(word);
            options.contains(&option) || options.iter().any(|short| short.len() == 2 && is_short(word, short))
        });
        return (!bounded && !rest.iter().any(|word| matches!(*word, "--version" | "--help")))
            .then(|| (name.to_owned(), (*fix).to_owned()));
    }
    let (_, commands) = COMMANDS.iter().find(|(known, _)| *known == name)?;
    let command = rest.iter().find(|word| !word.starts_with('-'))?;
    let called = format!("{name} {command}");
    commands.contains(command).then(|| (called.clone(), format!("timeout 5 {called}")))
}

/// `-m5`, and `-sm 5`: a short option with its value, or among others.
fn is_short(word: &str, short: &str) -> bool {
    let letter = &short[1..];
    word.starts_with('-') && !word.starts_with("--") && word[1..].contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        in_text("hook", text).into_iter().map(|call| format!("{}:{}", call.line, call.program)).collect()
    }

    #[test]
    fn calls_without_an_end_are_seen() {
        let text = "#!/bin/sh\ncurl -s https://x | sh\nif ! psql -c 'select 1'; then exit 1; fi\nX=1 npx eslint .\n\
            echo $(wget -q https://x)\ngit fetch origin\n  - run: /usr/bin/curl http://x && echo\nnpm ci\n";
        assert_eq!(found(text), ["2:curl", "3:psql", "4:npx", "5:wget", "6:git fetch", "7:curl", "8:npm ci"]);
    }

    #[test]
    fn what_has_an_end_or_calls_nobody_is_not() {
        let text = "# curl http://x\ncurl --max-time 5 http://x\ncurl -sm 5 http://x\ncurl -m5 http://x\ntimeout 5 psql -c x\n\
            wget --timeout=5 x\nnpx --no-install eslint\ngit diff --cached\nnpm test\necho curl\nrun: echo fine\ncurl --version\n\
            curl_it\nmy-curl http://x\n";
        assert_eq!(found(text), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(curl|npx|git|-m|=|;|\\PC| |\n){0,30}") {
            let _ = in_text("hook", &text);
        }
    }
}
