//! The text in the repository is not the text that was applied. See `checksum_mismatch.md`.

use crate::model::{
    AppliedMigration, Confidence, Content, Database, Dialect, Difference, History, Ledger, Level, Location,
    Migration, MigrationKind, MigrationSet, Outcome, Remembered, RuleId, TableName, Variant,
};

use super::{Check, Findings, Report, Rule, say};

/// The rule.
pub(super) const RULE: Rule = Rule {
    id: RuleId("checksum-mismatch"),
    level: Level::Deny,
    ci_level: Level::Deny,
    since: "0.1.0",
    summary: "the text of an applied migration is not the one that was applied",
    why: "The database has run another text than the one under review, so what it holds cannot be told from the repository.",
    page: include_str!("checksum_mismatch.md"),
    check: Check::Ledger(check),
};

/// From so many on it is a formatter or an upgrade that came with the last pull, and one finding says it better.
const SWEEP: usize = 5;

fn check(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    if ledger.remembered.len() >= SWEEP {
        sweep(set, ledger, database, findings);
    } else {
        for remembered in &ledger.remembered {
            seen_otherwise(set, database, remembered, findings);
        }
    }
    for row in ledger.rows.iter().filter(|row| row.outcome != Outcome::Failed) {
        let Some(migration) = row.migration.and_then(|at| set.candidate.get(at)) else { continue };
        // A repeatable migration with another checksum runs again: that is what it is for.
        if migration.kind == MigrationKind::Repeatable {
            continue;
        }
        match &row.content {
            Content::Differs { .. } => differs(set, ledger, database, row, migration, findings),
            // A tool that does not compare what it keeps will not stumble over line endings.
            Content::SameBut(variant) if set.tool.keeps_checksum => {
                same_but(set, ledger, database, (row, migration), *variant, findings);
            }
            Content::Same | Content::SameBut(_) | Content::NotComparable(_) => {}
        }
    }
}

fn differs(
    set: &MigrationSet,
    ledger: &Ledger,
    database: &Database,
    row: &AppliedMigration,
    migration: &Migration,
    findings: &mut Findings<'_>,
) {
    let Content::Differs { recorded, computed, renamed } = &row.content else { return };
    let what = format!(
        "{} is not the text that was applied to {}",
        say::migration(migration),
        say::clean(&database.name)
    );
    let what = if *renamed { format!("{what}, or not under this name") } else { what };
    let mut report = findings
        .report(Location::file(&migration.path), &say::key_in(set, &row.identity, database), what)
        .evidence(
            "ledger",
            format!("{}, version {}, checksum {}", ledger.table, row.version, say::short(recorded, 16)),
        )
        .evidence("file", format!("checksum {}", say::short(computed, 16)))
        .standing(!migration.touched);
    if let Some(history) = &row.history {
        report = explained(history, "applied", report);
    }
    let report = fixes(set, migration, row.history.as_deref(), report);
    if let Some(accept) = accept(set, (&ledger.table, database.dialect), row, migration, computed) {
        report.fix(format!(
            "if {} already is as the file says, record its checksum: {accept}",
            say::clean(&database.name)
        ));
    }
}

/// What the history says: whose text was applied, who changed it, and how.
fn explained<'a>(history: &History, label: &str, report: Report<'a>) -> Report<'a> {
    let Some(applied) = &history.applied else {
        let mut said = "no text that this file ever had has the checksum of the ledger".to_owned();
        if let Some(but) = say::horizon(history.horizon) {
            said = format!("{said}, as far as it was searched: {but}");
        }
        return report.confidence(Confidence::Possible).evidence("history", said);
    };
    let since = if applied.boundary { "in the history of this clone since " } else { "" };
    let mut report = report.evidence(label, format!("{since}{}", say::commit(&applied.commit)));
    if let Some(edited) = &history.edited_in {
        report = report.evidence("edited", say::commit(edited));
    }
    if !history.on_branches.is_empty() {
        report = report.evidence("branches", say::first(&history.on_branches, |branch| say::clean(branch)));
    }
    let Difference { lines, more } = &history.difference;
    for line in lines {
        let sign = if line.new { '+' } else { '-' };
        report = report.evidence(&format!("{sign}{}", line.number), say::short(&line.text, 120));
    }
    if *more > 0 {
        report = report.evidence("...", say::count(*more, "more line", "more lines"));
    }
    report
}

fn fixes<'a>(
    set: &MigrationSet,
    migration: &Migration,
    history: Option<&History>,
    report: Report<'a>,
) -> Report<'a> {
    let create = say::create(set);
    let applied = history.and_then(|history| history.applied.as_ref());
    let back = applied.map(|applied| say::restore_past(applied, &migration.path));
    let added = set.added().any(|added| added.path == migration.path);
    match (back, migration.touched) {
        (Some(back), true) if history.is_some_and(|history| history.edited_in.is_none()) => report
            .fix(format!("put the change into a new migration{create}"))
            .fix(format!("then bring the text that was applied back: {back}")),
        (Some(back), _) => report
            .fix(format!("bring the text that was applied back: {back}"))
            .fix(format!("and put what came later into a new migration{create}"))
            .fix("this edits a published migration: it needs a waiver of edited-migration for the path"),
        (None, false) => {
            let history = format!("git log --follow -p -- {}", say::quote(&migration.path));
            report.fix(format!("find the text that was applied: {history}"))
        }
        (None, true) if added => report
            .fix(format!("put what came later into a new migration{create}"))
            .fix(format!("then put back the text that was applied: {}", say::stage(&migration.path))),
        (None, true) => report
            .fix(format!("put the change into a new migration{create}"))
            .fix(format!("then bring the published text back: {}", say::restore(set, [&migration.path]))),
    }
}

fn same_but(
    set: &MigrationSet,
    ledger: &Ledger,
    database: &Database,
    (row, migration): (&AppliedMigration, &Migration),
    variant: Variant,
    findings: &mut Findings<'_>,
) {
    let but = match variant {
        Variant::AppliedWithCrlf => "its lines ended with CRLF when it was applied, and end with LF here",
        Variant::AppliedWithLf => "its lines ended with LF when it was applied, and end with CRLF here",
        Variant::ByteOrderMark => "only one of the two texts begins with a byte order mark",
        Variant::FinalNewline => "only one of the two texts ends with a newline",
    };
    let name = say::migration(migration);
    let what = format!("{name} was applied to {} with the same text, but {but}", say::clean(&database.name));
    let report = findings
        .report(Location::file(&migration.path), &say::key_in(set, &row.identity, database), what)
        .at_most(Level::Warn)
        .standing(!migration.touched)
        .evidence("ledger", format!("{}, version {}", ledger.table, row.version));
    match variant {
        Variant::AppliedWithCrlf | Variant::AppliedWithLf => {
            report.fixes(say::fixed_line_endings(set, &[&migration.path]));
        }
        Variant::ByteOrderMark => {
            report.fix(format!(
                "save the file with the mark as it was applied, then: {}",
                say::stage(&migration.path)
            ));
        }
        Variant::FinalNewline => {
            report.fix(format!("end the file as it was applied, then: {}", say::stage(&migration.path)));
        }
    }
}

/// No checksum says what was applied; this clone remembers what stood here when it was first seen applied.
fn seen_otherwise(
    set: &MigrationSet,
    database: &Database,
    remembered: &Remembered,
    findings: &mut Findings<'_>,
) {
    let Some(migration) = set.candidate.get(remembered.migration) else { return };
    let name = say::clean(&database.name);
    let what =
        format!("{} is not the text that this clone first saw applied to {name}", say::migration(migration));
    let text = remembered.blob.short();
    let mut unsure =
        "the ledger keeps no checksum: the file may have been edited before it was first seen".to_owned();
    if !remembered.same_row {
        unsure += ", or the migration applied anew since";
    }
    let mut report = findings
        .report(Location::file(&migration.path), &say::key_in(set, &migration.identity, database), what)
        .at_most(Level::Warn)
        .confidence(if remembered.same_row { Confidence::Strong } else { Confidence::Possible })
        .standing(!migration.touched)
        .evidence("first seen", format!("on {}, with the text {text}", remembered.since));
    let history = remembered.history.as_deref();
    if let Some(history) = history.filter(|history| history.applied.is_some()) {
        report = explained(history, "first seen in", report);
    }
    report = report.evidence("not sure", unsure);
    let back = match history.and_then(|history| history.applied.as_ref()) {
        Some(past) => Some(say::restore_past(past, &migration.path)),
        None => remembered.there.then(|| say::restore_blob(remembered.blob, &migration.path)),
    };
    if let Some(back) = back {
        report = report
            .fix(format!("bring that text back: {back}"))
            .fix(format!("and put what came later into a new migration{}", say::create(set)));
    }
    report.fix(format!(
        "if {name} has run the text of now: guard lock --forget {}",
        say::quote(&(&*migration.identity).into())
    ));
}

fn sweep(set: &MigrationSet, ledger: &Ledger, database: &Database, findings: &mut Findings<'_>) {
    let name = say::clean(&database.name);
    let migrations: Vec<&Migration> =
        ledger.remembered.iter().filter_map(|remembered| set.candidate.get(remembered.migration)).collect();
    let what = format!(
        "{} applied migrations are not the texts that this clone first saw applied to {name}",
        migrations.len()
    );
    findings
        .report(say::place(set), &say::key_in(set, "*", database), what)
        .at_most(Level::Warn)
        .confidence(Confidence::Possible)
        .standing(!migrations.iter().any(|migration| migration.touched))
        .evidence("migrations", say::first(&migrations, |migration| say::named(migration)))
        .fix("look at each for a change in what it does; guard cannot tell")
        .fix(format!("if it is so on purpose, or {name} has run the texts of now: guard lock --forget"));
}

fn accept(
    set: &MigrationSet,
    place: (&TableName, Dialect),
    row: &AppliedMigration,
    migration: &Migration,
    computed: &str,
) -> Option<String> {
    let of = (&row.version, &*migration.name, Some(&migration.path));
    say::command(set.tool.words.accept_checksum.as_ref(), of, place, computed)
}
