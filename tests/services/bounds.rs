//! What a commit may take, to the letter: with a budget of 800 ms `git commit` returns in under a second, exit 0, with the skip
//! visible, and leaves no process, no socket and no file. Each hostile command and each hostile server alone, all of them at
//! once, and all of that on a machine that has no processor to spare.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use super::commands::{ENDLESS, optional};
use super::servers::{hostile, needing};
use super::{LIMIT, PROMPT, Shop};

/// The sockets of living processes that are connected to one of these ports, or want to be.
fn sockets(ports: &[u16]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table).unwrap_or_default().split('\n').skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, _, remote, _, _, _, _, _, _, inode, ..] = fields[..] else { continue };
            let port = remote.rsplit(':').next().and_then(|port| u16::from_str_radix(port, 16).ok());
            // The kernel goes on with what nobody holds any more, and calls it 0.
            if inode != "0" && port.is_some_and(|port| ports.contains(&port)) {
                found.insert(inode.to_owned());
            }
        }
    }
    found
}

/// The ports in some probes.
fn ports(probes: &[(&'static str, String)]) -> Vec<u16> {
    let port =
        |probe: &String| probe.trim_end_matches('"').rsplit(':').next().and_then(|port| port.parse().ok());
    probes.iter().filter_map(|(_, probe)| port(probe)).collect()
}

/// Every hostile command by itself, every hostile server by itself, and all of them: names that must be said, and `guard.toml`.
fn each(servers: &[(&'static str, String)]) -> Vec<(Vec<String>, String)> {
    let mut cases = Vec::new();
    for command in ENDLESS {
        cases.push((vec![command.0.to_owned()], optional(&[*command])));
    }
    for (name, probe) in servers {
        cases.push((vec![format!("uses-{name}")], needing(name, probe, false)));
    }
    cases.push(everything(servers));
    cases
}

fn everything(servers: &[(&'static str, String)]) -> (Vec<String>, String) {
    let names = ENDLESS.iter().map(|(name, _)| (*name).to_owned());
    let names = names.chain(servers.iter().map(|(name, _)| format!("uses-{name}"))).collect();
    let servers = servers.iter().map(|(name, probe)| needing(name, probe, false));
    (names, format!("jobs = 40\n{}{}", optional(ENDLESS), servers.collect::<String>()))
}

fn says(said: &str, names: &[String]) {
    for name in names {
        assert!(said.contains(&format!("the check \"{name}\"")), "{name}: {said}");
    }
    assert!(said.contains("so it does not block"), "{said}");
}

#[test]
fn each_hostile_thing_costs_less_than_a_second_and_leaves_nothing() {
    let (servers, _kept) = hostile();
    assert!(ENDLESS.len() >= 10 && servers.len() >= 10);
    let ports = ports(&servers);
    for (names, toml) in each(&servers) {
        let shop = Shop::new(&toml);
        let before = sockets(&ports);
        // Processes and files are counted there.
        let said = shop.prompt_commit();
        says(&said, &names);
        assert_eq!(sockets(&ports), before, "{names:?}");
    }
}

/// A process that does nothing else.
struct Busy(Child);

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One for each processor, so that half of the time belongs to others. This is the one place where a commit may take
/// longer than a second, since nobody knows what else this machine does: but not often, and never as long as what it waits for.
#[test]
fn on_a_busy_machine_it_is_the_same() {
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let _busy: Vec<Busy> = (0..processors)
        .map(|_| Busy(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap()))
        .collect();
    let (servers, _kept) = hostile();
    for (names, toml) in each(&servers) {
        let shop = Shop::new(&toml);
        let rounds = if names.len() > 1 { 10 } else { 2 };
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..rounds {
            let _ = fs::remove_dir_all(shop.repo.path().join(".git/guard"));
            let (through, said, took) = shop.commit();
            assert!(through && took < LIMIT, "{names:?} {took:?}: {said}");
            says(&said, &names);
            times.push(took);
        }
        let prompt = times.iter().filter(|took| **took < PROMPT).count();
        assert!(prompt * 2 >= rounds, "{names:?}: {times:?}");
    }
}
