//! Standard output and standard error: who reads them, in which colours, and that nobody may be reading.

use std::io::{self, BufWriter, IsTerminal, Write};

use crate::config::env;
use crate::report::Look;

use super::{Global, When};

/// One of the two streams. A reader that has gone away is no error: `guard rules | head -1` ends well.
pub(crate) struct Stream {
    to: BufWriter<Box<dyn Write>>,
    /// No error is one: words that nobody can be given change no verdict, and keep nobody from saving work.
    forgiving: bool,
}

impl Stream {
    /// Reports: one that cannot be written, on a full disk, is a failure.
    pub(super) fn stdout() -> Self {
        Self { to: BufWriter::new(Box::new(io::stdout())), forgiving: false }
    }

    /// Words for people; there is nobody to tell when they cannot be written.
    pub(super) fn stderr() -> Self {
        Self { to: BufWriter::new(Box::new(io::stderr())), forgiving: true }
    }

    fn forgive<T>(&self, result: io::Result<T>, instead: T) -> io::Result<T> {
        match result {
            Err(error) if self.forgiving || error.kind() == io::ErrorKind::BrokenPipe => Ok(instead),
            result => result,
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes);
        self.forgive(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.to.flush();
        self.forgive(flushed, ())
    }
}

/// Which stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    Stderr,
}

/// How a stream looks.
pub(super) fn look(global: &Global, target: Target) -> Look {
    let terminal = match target {
        Target::Stdout => io::stdout().is_terminal(),
        Target::Stderr => io::stderr().is_terminal(),
    };
    Look {
        color: color(global.color, terminal, &env::get),
        width: if terminal { textwrap::termwidth().clamp(40, 120) } else { 100 },
        verbose: global.verbose,
        quiet: global.quiet,
    }
}

/// Colour or not: the flag, then the variables in the order of bixense.com/clicolors and no-color.org, then the terminal.
fn color(when: When, terminal: bool, env: &dyn Fn(&str) -> Option<String>) -> bool {
    match when {
        When::Always => return true,
        When::Never => return false,
        When::Auto => {}
    }
    if env("NO_COLOR").is_some() {
        return false;
    }
    if env("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    if let Some(value) = env("FORCE_COLOR") {
        return value != "0";
    }
    let off =
        env("TERM").is_some_and(|term| term == "dumb") || env("CLICOLOR").is_some_and(|value| value == "0");
    terminal && !off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_has_a_say_decides() {
        let cases: &[(When, bool, &[(&str, &str)], bool)] = &[
            (When::Auto, true, &[], true),
            (When::Auto, false, &[], false),
            (When::Always, false, &[("NO_COLOR", "1")], true),
            (When::Never, true, &[("CLICOLOR_FORCE", "1")], false),
            (When::Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
            (When::Auto, false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], true),
            (When::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (When::Auto, false, &[("FORCE_COLOR", "1")], true),
            (When::Auto, true, &[("FORCE_COLOR", "0")], false),
            (When::Auto, true, &[("TERM", "dumb")], false),
            (When::Auto, true, &[("CLICOLOR", "0")], false),
        ];
        for (when, terminal, variables, expected) in cases {
            let env = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(color(*when, *terminal, &env), *expected, "{when:?} {terminal} {variables:?}");
        }
    }
}
