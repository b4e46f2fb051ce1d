//! Every environment variable that guard reads, in one list, and the only place that reads them.

/// The variables that are guard's own or that change how it looks.
pub const VARIABLES: &[(&str, &str)] = &[
    ("GUARD", "0 switches the hooks off; guard sets 1 for what it starts itself"),
    ("GUARD_BASE", "the commit to compare with, like --base"),
    ("GUARD_FORMAT", "the format of the report, like --format"),
    ("CI", "set by CI systems: the moment is then \"ci\" unless --at says otherwise"),
    ("GITHUB_ACTIONS", "true on GitHub: the report is then also written as annotations"),
    ("NO_COLOR", "not empty: no colour"),
    ("CLICOLOR_FORCE", "not 0: colour even where the output is no terminal"),
    ("FORCE_COLOR", "0: no colour; anything else: colour"),
    ("CLICOLOR", "0: no colour"),
    ("TERM", "dumb: no colour"),
];

/// The value of a variable, also of one that `guard.toml` names. Empty and not UTF-8 count as not set.
#[expect(clippy::disallowed_methods, reason = "this is the place that the others are sent to")]
pub fn get(name: &str) -> Option<String> {
    // A name that no variable can have makes `var` panic on some systems.
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
