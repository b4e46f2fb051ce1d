//! `guard completions` and `guard man`: made from the definitions of the command line.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Failure};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<u8, Failure> {
    // clap_complete panics when it cannot write; a buffer always can.
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "guard", &mut bytes);
    out.write_all(&bytes)?;
    Ok(0)
}

pub(super) fn man(_: &ManArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    clap_mangen::Man::new(Cli::command()).render(out)?;
    for command in Cli::command().get_subcommands() {
        let name = format!("guard {}", command.get_name());
        let page = clap_mangen::Man::new(command.clone());
        writeln!(out, ".SH {}", name.to_uppercase())?;
        page.render_description_section(out)?;
        page.render_options_section(out)?;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_shell_and_the_manual_know_every_command() {
        let names: Vec<String> =
            Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
            let mut bytes = Vec::new();
            run(&Args { shell }, &mut bytes).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert!(names.iter().all(|name| text.contains(name.as_str())), "{shell}");
        }
        let mut bytes = Vec::new();
        man(&ManArgs {}, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            names.iter().all(|name| text.contains(&format!(".SH GUARD {}", name.to_uppercase()))),
            "{text}"
        );
    }
}
