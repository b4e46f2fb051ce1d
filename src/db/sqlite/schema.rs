//! The schema of a SQLite database. SQLite keeps the text of each `CREATE`, and that text, by its tokens, says more than its
//! pragmas do: checks, collations, names of constraints, what a generated column is made of.

use rusqlite::Connection;

use super::tokens::{Kind, Token, canonical, tokens};
use crate::model::{Object, ObjectId, Schema};

/// Words that begin a constraint of a column (SQLite's grammar: `column-constraint`), and what the attribute is called.
const CLAUSES: [(&str, &str); 9] = [
    ("primary", "primary key"),
    ("not", "not null"),
    ("null", "null"),
    ("unique", "unique"),
    ("check", "check"),
    ("default", "default"),
    ("collate", "collate"),
    ("references", "references"),
    ("generated", "generated"),
];

/// Reads all of it. SQLite's own tables and the shadows of virtual ones belong to nobody.
pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Schema> {
    let question = "SELECT s.type, s.name, s.tbl_name, s.sql FROM sqlite_schema AS s \
                    WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT EXISTS \
                    (SELECT 1 FROM pragma_table_list(s.tbl_name) AS l WHERE l.schema = 'main' AND l.type = 'shadow')";
    let mut statement = connection.prepare(question)?;
    let mut rows = statement.query([])?;
    let mut schema = Schema::default();
    while let Some(row) = rows.next()? {
        let [kind, name, table, sql] = [0, 1, 2, 3].map(|at| super::text(row, at));
        let (kind, name, table, sql) = (kind?, name?, table?, sql?);
        let tokens = tokens(&sql);
        match kind.as_str() {
            "table" => read_table(&mut schema, &name, &tokens),
            "view" => {
                let definition = canonical(behind(&tokens, "view"));
                schema.0.insert(id("view", &name, ""), Object(vec![("definition", definition)]));
            }
            "index" => {
                let unique = tokens.get(1).is_some_and(|token| token.is("unique"));
                let on = tokens.iter().position(|token| token.is("on")).map_or(0, |at| at + 2);
                let definition = canonical(tokens.get(on..).unwrap_or_default());
                let unique = if unique { "yes" } else { "no" }.to_owned();
                let object = Object(vec![("unique", unique), ("definition", definition)]);
                schema.0.insert(id("index", &table, &name), object);
            }
            "trigger" => {
                let definition = canonical(behind(&tokens, "trigger"));
                schema.0.insert(id("trigger", &table, &name), Object(vec![("definition", definition)]));
            }
            _ => {}
        }
    }
    Ok(schema)
}

/// Names that differ in case alone are one name.
fn id(kind: &'static str, root: &str, name: &str) -> ObjectId {
    ObjectId::below(kind, "", &root.to_lowercase(), &name.to_lowercase())
}

/// What stands behind the keyword and the name that follows it.
fn behind<'a, 'b>(tokens: &'b [Token<'a>], keyword: &str) -> &'b [Token<'a>] {
    let at = tokens.iter().position(|token| token.is(keyword)).map_or(0, |at| at + 2);
    tokens.get(at..).unwrap_or_default()
}

fn read_table(schema: &mut Schema, table: &str, tokens: &[Token<'_>]) {
    if tokens.get(1).is_some_and(|token| token.is("virtual")) {
        let definition = canonical(behind(tokens, "table"));
        schema.0.insert(id("virtual table", table, ""), Object(vec![("definition", definition)]));
        return;
    }
    let open = tokens.iter().position(|token| token.is("(")).unwrap_or(tokens.len());
    let (items, after) = items(tokens.get(open + 1..).unwrap_or_default());
    let mut options: Vec<String> =
        after.split(|token| token.is(",")).map(canonical).filter(|option| !option.is_empty()).collect();
    options.sort();
    schema.0.insert(id("table", table, ""), Object(vec![("options", options.join(", "))]));
    for item in items {
        let Some((first, rest)) = item.split_first() else { continue };
        let constraint = ["constraint", "primary", "unique", "check", "foreign"];
        if first.kind == Kind::Word && constraint.iter().any(|word| first.is(word)) {
            read_constraint(schema, table, item);
        } else {
            schema.0.insert(id("column", table, first.text), column(rest));
        }
    }
}

/// What stands between commas, up to the bracket that closes, and what follows it.
fn items<'a, 'b>(tokens: &'b [Token<'a>]) -> (Vec<&'b [Token<'a>]>, &'b [Token<'a>]) {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") && depth > 0 {
            depth -= 1;
        } else if token.is(")") {
            found.push(&tokens[start..at]);
            return (found, &tokens[at + 1..]);
        } else if token.is(",") && depth == 0 {
            found.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    found.push(&tokens[start..]);
    (found, &[])
}

/// A constraint of the table. One without a name is known by what it says: two that say the same are one.
fn read_constraint(schema: &mut Schema, table: &str, item: &[Token<'_>]) {
    let (name, rest) = match item {
        [first, name, rest @ ..] if first.is("constraint") => (Some(name.canonical()), rest),
        _ => (None, item),
    };
    let kind = match rest.first() {
        Some(word) if word.is("primary") => "primary key",
        Some(word) if word.is("unique") => "unique constraint",
        Some(word) if word.is("check") => "check",
        _ => "foreign key",
    };
    let definition = canonical(rest);
    let name = name.unwrap_or_else(|| definition.clone());
    schema.0.insert(
        ObjectId::below(kind, "", &table.to_lowercase(), &name),
        Object(vec![("definition", definition)]),
    );
}

/// Type and constraints of a column.
fn column(tokens: &[Token<'_>]) -> Object {
    let mut parts: Vec<(&'static str, Vec<&Token<'_>>)> = vec![("type", Vec::new())];
    let mut depth = 0_usize;
    let mut before: Option<&Token<'_>> = None;
    let mut names = 0;
    for (at, token) in tokens.iter().enumerate() {
        let starts = (depth == 0 && token.kind == Kind::Word)
            .then(|| clause(token, before, tokens.get(at + 1)))
            .flatten();
        if names > 0 {
            names -= 1;
        } else if depth == 0 && token.is("constraint") {
            names = 1;
            parts.push(("constraint", Vec::new()));
        } else if let Some(clause) = starts {
            match parts.last_mut() {
                // `CONSTRAINT x NOT NULL`: the name belongs to what follows.
                Some(last) if last.0 == "constraint" && last.1.len() == 1 => {
                    let name = std::mem::take(&mut last.1);
                    *last = (clause, Vec::new());
                    parts.push(("name", name));
                    let end = parts.len();
                    parts.swap(end - 1, end - 2);
                }
                _ => parts.push((clause, Vec::new())),
            }
        }
        depth = if token.is("(") { depth + 1 } else { depth.saturating_sub(usize::from(token.is(")"))) };
        if let Some(last) = parts.last_mut()
            && !token.is("constraint")
        {
            last.1.push(token);
        }
        before = Some(token);
    }
    let text =
        |tokens: &[&Token<'_>]| tokens.iter().map(|token| token.canonical()).collect::<Vec<_>>().join(" ");
    let mut object = Object::default();
    for name in ["type", "name"].into_iter().chain(CLAUSES.map(|(_, name)| name)) {
        let said: Vec<String> =
            parts.iter().filter(|(known, _)| *known == name).map(|(_, part)| text(part)).collect();
        // NULL alone says what holds anyway.
        if name != "null" && said.iter().any(|said| !said.is_empty()) {
            object.0.push((name, said.join(" ")));
        }
    }
    object
}

/// Which clause begins with this word.
fn clause(token: &Token<'_>, before: Option<&Token<'_>>, after: Option<&Token<'_>>) -> Option<&'static str> {
    let before_is = |word: &str| before.is_some_and(|before| before.is(word));
    if before_is("default")
        || before_is("set")
        || before_is("not")
        || before_is("collate")
        || before_is("always")
    {
        return None;
    }
    if token.is("not") && after.is_some_and(|after| after.is("deferrable")) {
        return None;
    }
    // `AS (...)` without GENERATED ALWAYS in front of it.
    if token.is("as") {
        return Some("generated");
    }
    CLAUSES.into_iter().find(|(word, _)| token.is(word)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Vec<String> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sql).unwrap();
        let schema = read(&connection).unwrap();
        let line = |(id, object): (&ObjectId, &Object)| {
            let said: Vec<String> = object.0.iter().map(|(name, text)| format!("{name}={text}")).collect();
            format!("{id}: {}", said.join(" | "))
        };
        schema.0.iter().map(line).collect()
    }

    #[test]
    fn a_column_has_its_type_and_its_clauses() {
        assert_eq!(
            of("CREATE TABLE Users (Id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, \
                mail VARCHAR(20) NOT NULL UNIQUE COLLATE NOCASE DEFAULT NULL CHECK (mail <> 'not null'), \
                boss INT REFERENCES users(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, \
                n INT DEFAULT (1 + 2) NULL, low TEXT GENERATED ALWAYS AS (lower(mail)) STORED, up AS (upper(mail)))"),
            [
                "table users: options=",
                "column users.boss: type=int | references=references users ( id ) on delete set null deferrable initially deferred",
                "column users.id: type=integer | name=pk | primary key=primary key autoincrement",
                "column users.low: type=text | generated=generated always as ( lower ( mail ) ) stored",
                "column users.mail: type=varchar ( 20 ) | not null=not null | unique=unique | check=check ( mail < > 'not null' ) | default=default null | collate=collate nocase",
                "column users.n: type=int | default=default ( 1 + 2 )",
                "column users.up: generated=as ( upper ( mail ) )",
            ]
        );
    }

    #[test]
    fn everything_else_of_a_table() {
        assert_eq!(
            of(
                "CREATE TABLE a (x INT, y INT, PRIMARY KEY (x), CONSTRAINT both UNIQUE (x, y), CHECK (x > y), \
                FOREIGN KEY (y) REFERENCES a(x)) WITHOUT ROWID, STRICT; \
                CREATE UNIQUE INDEX i ON a (y DESC) WHERE x > 1; CREATE VIEW v AS SELECT x FROM a; \
                CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END; \
                CREATE VIRTUAL TABLE f USING fts5(body)"
            ),
            [
                "table a: options=strict, without rowid",
                "unique constraint a.both: definition=unique ( x , y )",
                "check a.check ( x > y ): definition=check ( x > y )",
                "foreign key a.foreign key ( y ) references a ( x ): definition=foreign key ( y ) references a ( x )",
                "index a.i: unique=yes | definition=( y desc ) where x > 1",
                "primary key a.primary key ( x ): definition=primary key ( x )",
                "trigger a.t: definition=after insert on a begin delete from a ; end",
                "column a.x: type=int",
                "column a.y: type=int",
                "virtual table f: definition=using fts5 ( body )",
                "view v: definition=as select x from a",
            ]
        );
    }

    #[test]
    fn what_alter_table_makes_of_a_text_is_the_same() {
        assert_eq!(
            of(
                "CREATE TABLE b (x INT); ALTER TABLE b ADD COLUMN y TEXT DEFAULT 'a'; ALTER TABLE b RENAME TO a; \
                ALTER TABLE a RENAME COLUMN x TO z; ALTER TABLE a ADD COLUMN w; ALTER TABLE a DROP COLUMN w"
            ),
            of("create table if not exists [a] (z int, y text default 'a')")
        );
    }
}
