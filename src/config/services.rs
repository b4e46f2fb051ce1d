//! Services, checks and the hook: from what is written to what it means.

use std::time::Duration;

use crate::model::{Moment, Need};
use crate::services::{Probe, Target};

use super::file::{At, CheckSection, File, HookSection, ProbeSetting, ServiceSection};
use super::validate::Validator;
use super::{CheckConfig, Config, ServiceConfig};

const REQUIRED: &str = "add required = false (its absence is said and does not block) or required = true";

impl Validator<'_> {
    pub(super) fn services_and_checks(&mut self, file: &File, config: &mut Config) {
        let services = file.services.iter().flatten();
        config.services = services.filter_map(|(name, section)| self.service(name, section)).collect();
        for section in file.checks.iter().flatten() {
            self.needs(section, file);
            if let Some(check) = self.check(section) {
                if config.checks.iter().any(|other| other.name == check.name) {
                    let what = format!("two checks are called \"{}\"", check.name);
                    self.say(section.span.start, what, "give one of them another name = \"...\"");
                }
                config.checks.push(check);
            }
        }
        self.unneeded(file);
    }

    fn service(&mut self, name: &str, section: &At<ServiceSection>) -> Option<ServiceConfig> {
        let at = section.span.start;
        let ServiceSection { probe, status, required, timeout, cooldown } = &section.value;
        let missing = |key: &str| format!("the service \"{name}\" has no `{key}`");
        let probe = if let Some(probe) = probe {
            self.probe(name, probe, status.as_ref())
        } else {
            self.say(at, missing("probe"), "add probe = \"tcp://host:port\", or { run = [\"command\"] }");
            None
        };
        if required.is_none() {
            self.say(at, missing("required") + "; there is no default", REQUIRED);
        }
        let timeout = if let Some(timeout) = timeout {
            self.duration("timeout", timeout)
        } else {
            let fix = "add timeout = \"500ms\": all in all, from the name to the last byte";
            self.say(at, missing("timeout") + "; there is no default", fix);
            None
        };
        let cooldown = cooldown.as_ref().and_then(|cooldown| self.duration("cooldown", cooldown));
        Some(ServiceConfig {
            name: name.to_owned(),
            probe: probe?,
            need: if required.as_ref()?.value { Need::Required } else { Need::Optional },
            timeout: timeout?,
            cooldown,
            line: self.source.line(at),
        })
    }

    fn probe(&mut self, service: &str, probe: &At<ProbeSetting>, status: Option<&At<u16>>) -> Option<Probe> {
        let at = probe.span.start;
        let probe = match &probe.value {
            ProbeSetting::Address(address) => match Target::parse(address) {
                Ok(target) => Probe::Network(Target { status: status.map(|status| status.value), ..target }),
                Err(error) => {
                    let what = format!("the probe of the service \"{service}\" is no address: {error}");
                    self.say(at, what, "write probe = \"tcp://host:port\", or { run = [\"command\"] }");
                    return None;
                }
            },
            ProbeSetting::Command(command) => {
                if command.run.first().is_none_or(|program| program.trim().is_empty()) {
                    let what = format!("the probe of the service \"{service}\" runs nothing");
                    self.say(at, what, "write probe = { run = [\"program\", \"argument\"] }");
                    return None;
                }
                Probe::Command(command.run.clone())
            }
        };
        let speaks_http = matches!(&probe, Probe::Network(target) if target.scheme.is_http());
        if let Some(status) = status.filter(|_| !speaks_http) {
            let what = format!("the service \"{service}\" has a `status`, and is not asked by HTTP");
            self.say(status.span.start, what, "take `status` away, or write probe = \"http://host/path\"");
        }
        Some(probe)
    }

    fn check(&mut self, section: &At<CheckSection>) -> Option<CheckConfig> {
        let at = section.span.start;
        let CheckSection { name, run, needs, required, timeout, files, at: moments } = &section.value;
        let name = name.as_ref().map(|name| name.value.trim().to_owned()).filter(|name| !name.is_empty());
        let what = name.as_ref().map_or_else(|| "a check".to_owned(), |name| format!("the check \"{name}\""));
        let missing = |key: &str| format!("{what} has no `{key}`");
        if name.is_none() {
            self.say(at, missing("name"), "add name = \"...\"");
        }
        let run = run.as_ref().map(|run| &run.value);
        let run = run.filter(|run| run.first().is_some_and(|program| !program.trim().is_empty()));
        if run.is_none() {
            self.say(at, missing("run"), "add run = [\"program\", \"argument\"]");
        }
        if required.is_none() {
            let fix = "add required = false (its failure is said and does not block) or required = true";
            self.say(at, missing("required") + "; there is no default", fix);
        }
        let timeout = if let Some(timeout) = timeout {
            self.duration("timeout", timeout)
        } else {
            self.say(at, missing("timeout") + "; there is no default", "add timeout = \"5s\"");
            None
        };
        let files = files.as_ref().map(|files| {
            let patterns = files.value.iter().filter_map(|pattern| self.pattern(Some(pattern)));
            patterns.collect::<Vec<_>>()
        });
        let moments = match moments {
            Some(moments) => self.moments(moments),
            None => vec![Moment::Commit],
        };
        Some(CheckConfig {
            name: name?,
            run: run?.clone(),
            needs: needs.iter().flat_map(|needs| &needs.value).map(|need| need.value.clone()).collect(),
            need: if required.as_ref()?.value { Need::Required } else { Need::Optional },
            timeout: timeout?,
            files,
            at: moments,
            line: self.source.line(at),
        })
    }

    fn needs(&mut self, section: &At<CheckSection>, file: &File) {
        let known: Vec<&str> = file.services.iter().flatten().map(|(name, _)| name.as_str()).collect();
        for need in section.value.needs.iter().flat_map(|needs| &needs.value) {
            if known.is_empty() {
                let what = format!("the service \"{}\" is not declared", need.value);
                self.say(need.span.start, what, format!("add [services.{}]", need.value));
            } else if !known.contains(&need.value.as_str()) {
                self.unknown(need.span.start, "the service", &need.value, known.iter().copied());
            }
        }
    }

    /// It would never be asked, and whoever wrote it believes that it is.
    fn unneeded(&mut self, file: &File) {
        let checks = file.checks.iter().flatten();
        let needs = checks.flat_map(|check| check.value.needs.iter().flat_map(|needs| &needs.value));
        let needed: Vec<&str> = needs.map(|need| need.value.as_str()).collect();
        for (name, section) in file.services.iter().flatten() {
            if !needed.contains(&name.as_str()) {
                let what = format!("no check needs the service \"{name}\", so it would never be asked");
                let fix = format!("add needs = [\"{name}\"] to a check, or take the service away");
                self.say(section.span.start, what, fix);
            }
        }
    }

    pub(super) fn hook(&mut self, hook: &HookSection, config: &mut Config) {
        let HookSection { budget, jobs, debt } = hook;
        config.budget = budget.as_ref().and_then(|budget| self.duration("budget", budget));
        if let Some(jobs) = jobs {
            if jobs.value == 0 {
                self.say(
                    jobs.span.start,
                    "`jobs` is 0, so no check would ever run",
                    "write jobs = 1 or more",
                );
            }
            config.jobs = Some(jobs.value);
        }
        let Some(debt) = debt else { return };
        config.debt.commits = debt.value.commits.as_ref().map(|commits| commits.value);
        config.debt.age = debt.value.age.as_ref().and_then(|age| self.age(age));
        if debt.value.commits.is_none() && debt.value.age.is_none() {
            self.say(debt.span.start, "`debt` has no limit", "write debt = { commits = 20, age = \"7d\" }");
        }
    }

    /// Like a duration, with days, which here have 24 hours.
    fn age(&mut self, text: &At<String>) -> Option<Duration> {
        let days = text.value.strip_suffix('d').and_then(|days| days.trim().parse::<u64>().ok());
        match days.and_then(|days| days.checked_mul(86_400)).filter(|seconds| *seconds > 0) {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => self.duration("age", text),
        }
    }
}
