//! What the examples need to know of the tools: a small stand-in, so that a page shows a judgement and nothing else.

use std::sync::Arc;

use crate::model::{
    Late, LedgerStyle, Links, MigrationKind, Nature, Parent, TableName, Text, ToolFacts, Words,
};

/// What rules know of a tool.
pub(super) fn facts(tool: &str) -> ToolFacts {
    let words = |apply: &str, create: &str| Words {
        apply: Some(apply.to_owned()),
        create: Some(create.to_owned()),
        ..Words::default()
    };
    let some = |text: &str| Some(text.to_owned());
    let facts = ToolFacts { name: tool.to_owned(), title: tool.to_owned(), ..ToolFacts::default() };
    match tool {
        "sqlx" => ToolFacts {
            keeps_checksum: true,
            undo_files: true,
            words: Words {
                accept_checksum: some(
                    "UPDATE {table} SET checksum = x'{checksum}' WHERE version = {version}",
                ),
                clear_failed: some("DELETE FROM {table} WHERE version = {version}"),
                unmark: some("DELETE FROM {table} WHERE version = {version}"),
                ..words("sqlx migrate run", "sqlx migrate add {name}")
            },
            ..facts
        },
        "dbmate" => ToolFacts { words: words("dbmate up", "dbmate new {name}"), ..facts },
        "rails" => ToolFacts { title: "Rails".to_owned(), words: rails(), code: true, ..facts },
        "knex" => ToolFacts {
            title: "Knex".to_owned(),
            words: words("npx knex migrate:latest", "npx knex migrate:make {name}"),
            name_matters: true,
            code: true,
            ..facts
        },
        "refinery" => ToolFacts { keeps_checksum: true, name_matters: true, late: Late::Refuses, ..facts },
        "flyway" => ToolFacts {
            title: "Flyway".to_owned(),
            undo_files: true,
            keeps_checksum: true,
            blind_to_line_endings: true,
            name_matters: true,
            late: Late::Refuses,
            words: Words {
                apply: some("flyway migrate"),
                accept_checksum: some("flyway repair"),
                clear_failed: some("flyway repair"),
                ..Words::default()
            },
            ..facts
        },
        "prisma" => prisma(facts, words),
        "golang-migrate" => ToolFacts {
            late: Late::Skips,
            undo_files: true,
            words: Words {
                clear_failed: some("migrate force {previous}"),
                ..words("migrate up", "migrate create -ext sql -dir {dir} -seq {name}")
            },
            ..facts
        },
        "alembic" => ToolFacts { words: alembic(), title: "Alembic".to_owned(), code: true, ..facts },
        _ => panic!("a tool that the examples do not know: {tool}"),
    }
}

fn rails() -> Words {
    Words {
        apply: Some("bin/rails db:migrate".to_owned()),
        create: Some("bin/rails generate migration {name}".to_owned()),
        record: Some("bin/rails db:migrate".to_owned()),
        ..Words::default()
    }
}

fn alembic() -> Words {
    Words {
        apply: Some("alembic upgrade heads".to_owned()),
        create: Some("alembic revision -m {name}".to_owned()),
        merge: Some("alembic merge -m merge {heads}".to_owned()),
        ..Words::default()
    }
}

/// Prisma, the one with most to say.
fn prisma(facts: ToolFacts, words: fn(&str, &str) -> Words) -> ToolFacts {
    let some = |text: &str| Some(text.to_owned());
    ToolFacts {
        title: "Prisma Migrate".to_owned(),
        keeps_checksum: true,
        blind_to_line_endings: true,
        name_matters: true,
        empty_allowed: true,
        words: Words {
            mark_applied: some("npx prisma migrate resolve --applied {version}"),
            clear_failed: some("npx prisma migrate resolve --rolled-back {version}"),
            ..words("npx prisma migrate deploy", "npx prisma migrate dev --create-only --name {name}")
        },
        ..facts
    }
}

/// Where it keeps its migrations.
pub(super) fn dir(tool: &str) -> &'static str {
    match tool {
        "rails" => "db/migrate",
        "dbmate" => "db/migrations",
        "prisma" => "prisma/migrations",
        "flyway" => "sql",
        _ => "migrations",
    }
}

/// Its ledger.
pub(super) fn table(tool: &str) -> TableName {
    TableName::plain(match tool {
        "sqlx" => "_sqlx_migrations",
        "refinery" => "refinery_schema_history",
        "flyway" => "flyway_schema_history",
        "prisma" => "_prisma_migrations",
        "alembic" => "alembic_version",
        "knex" => "knex_migrations",
        _ => "schema_migrations",
    })
}

/// Version, name and sort of a migration, if the path is one.
pub(super) fn parse(tool: &str, path: &str) -> Option<(String, String, MigrationKind)> {
    let below = path.strip_prefix(dir(tool))?.strip_prefix('/')?;
    if tool == "prisma" {
        let key = below.strip_suffix("/migration.sql")?;
        return Some((key.to_owned(), key.split_once('_')?.1.to_owned(), MigrationKind::Versioned));
    }
    if tool == "alembic" {
        let (revision, name) = below.strip_suffix(".py")?.split_once('_')?;
        return Some((revision.to_owned(), name.to_owned(), MigrationKind::Versioned));
    }
    if tool == "knex" {
        let stem = below.strip_suffix(".js")?;
        return Some((below.to_owned(), stem.split_once('_')?.1.to_owned(), MigrationKind::Versioned));
    }
    let stem = below.strip_suffix(if tool == "rails" { ".rb" } else { ".sql" })?;
    let stem = stem.strip_suffix(".up").unwrap_or(stem);
    if stem.rsplit('.').next() == Some("down") {
        return None;
    }
    let (kind, stem) = match (tool, &stem[..1]) {
        ("flyway" | "refinery", "V") => (MigrationKind::Versioned, &stem[1..]),
        ("flyway", "U") => (MigrationKind::Undo, &stem[1..]),
        ("flyway", "R") => return Some((String::new(), stem[3..].to_owned(), MigrationKind::Repeatable)),
        _ => (MigrationKind::Versioned, stem),
    };
    let (version, name) = stem.split_once("__").or_else(|| stem.split_once('_'))?;
    let digits = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    digits.then(|| (version.to_owned(), name.to_owned(), kind))
}

/// What a migration builds on: `revises a1 b2`, with `nothing` for the first; `labels billing` begins a branch.
pub(super) fn links(tool: &str, text: &[u8]) -> Option<Arc<Links>> {
    let text = String::from_utf8_lossy(text);
    let words = |key: &str| -> Vec<Text> {
        let line = text.split('\n').find_map(|line| line.strip_prefix(key));
        let words = line.unwrap_or_default().split_whitespace().filter(|word| *word != "nothing");
        words.map(Text::from).collect()
    };
    let parent = |identity| Parent { identity, line: Text::default(), continues: true };
    let parents = words("revises ").into_iter().map(parent).collect();
    let links = Links { parents, labels: words("labels "), ..Links::default() };
    (tool == "alembic").then(|| Arc::new(links))
}

/// Why sqlx would not run a file that lies among its migrations, and whether it stops there.
pub(super) fn ignored(tool: &str, path: &str) -> Option<(String, bool)> {
    let name = path.strip_prefix(dir(tool))?.strip_suffix(".sql")?;
    let ours = tool == "sqlx" && name.rsplit('.').next() != Some("down") && parse(tool, path).is_none();
    let refused = name.contains('_');
    let because =
        if refused { "has no number before the underscore" } else { "has no underscore after the version" };
    ours.then(|| (because.to_owned(), refused))
}

/// How deep an edit goes.
pub(super) fn nature(before: Option<&[u8]>, after: Option<&[u8]>) -> Nature {
    let text = |text: Option<&[u8]>| {
        String::from_utf8_lossy(text.unwrap_or_default()).replace(['\r', '\u{feff}'], "")
    };
    let (before, after) = (text(before), text(after));
    let code = |text: &str| {
        let lines = text.split('\n').map(|line| line.split("--").next().unwrap_or_default());
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    if before == after {
        Nature::LineEndings
    } else if code(&before) == code(&after) {
        Nature::Cosmetic
    } else {
        Nature::Code
    }
}

/// How the tool's ledger records.
pub(super) fn style(tool: &str) -> LedgerStyle {
    match tool {
        "golang-migrate" => LedgerStyle::HighWater,
        "alembic" => LedgerStyle::Heads,
        _ => LedgerStyle::Rows,
    }
}
