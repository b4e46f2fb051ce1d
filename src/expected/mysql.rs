//! Replay in MariaDB or MySQL: in a server of guard's own, started from the programs of this machine and set like the live one, or on
//! one that is declared for it.
//!
//! The migrations of a pull request are foreign code. They run as a user who has rights in the databases that they name, and no
//! others: no files, no plugins, no other servers, no settings of the server. What gives rights to somebody is left out, and
//! so is whose rights a view, a trigger or a procedure has.

mod defaults;
mod guest;
mod printed;
mod programs;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Instant;

use super::declared::{END, Elsewhere, PREFIX};
use super::keeper::{Keeper, PAUSE, Recipe};
use super::{Like, Scratch, Trouble};
use crate::db::{DatabaseUrl, DbError, MyRefusal, MyWriter, Surroundings, my_quote as quote, my_statements};
use crate::model::{CIRCUMSTANCES, Object, ObjectId, Schema, Script};
use guest::Guest;
use programs::Programs;

/// Changes when kept data are made in another way.
const MADE: u32 = 1;
/// Who makes databases and reads. It has no password: the socket lies where nobody else may look, and no statement can knock there.
const ADMIN: &str = "root";
/// Whom the migrations run as.
const MIGRATOR: &str = "guard";
/// Databases of the server.
const SYSTEM: [&str; 5] = ["mysql", "sys", "information_schema", "performance_schema", "test"];

/// First words of statements that change tables, routines or rows.
const OF_TABLES: [&str; 9] =
    ["alter", "create", "delete", "drop", "insert", "rename", "replace", "truncate", "update"];

/// The server has no answer to a user without the right: to a database, to a table, to what only the server's own people may.
const NO_RIGHT: [u16; 6] = [1044, 1142, 1143, 1227, 1370, 1410];
/// There is no such user, or it cannot be made.
const NO_USER: [u16; 6] = [1133, 1141, 1269, 1396, 1959, 3523];

/// Its files have no room: `ER_DISK_FULL`, `ER_RECORD_FILE_FULL`.
const NO_ROOM: [u16; 2] = [1021, 1114];

/// How data are made, and served: without a network, without plugins, and with a place for files in which nothing can be.
const SCRIPT: &str = r#"
make() {
    mkdir -p tmp
    if [ "$KIND" = MySQL ]; then
        "$SERVER" --no-defaults --initialize-insecure --datadir="$DIR/data" --tmpdir="$DIR/tmp" $SAME
    else
        "$(command -v mariadb-install-db || echo mysql_install_db)" --no-defaults --datadir="$DIR/data" --tmpdir="$DIR/tmp" \
            --auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=4M $SAME
    fi
}
serve() {
    mkdir -p tmp none
    chmod 500 none
    [ "$KIND" = MySQL ] && least=12M || least=1M
    exec "$SERVER" --no-defaults --datadir="$DIR/data" --socket="$DIR/socket" --pid-file="$DIR/pid" --tmpdir="$DIR/tmp" \
        --skip-networking --skip-name-resolve --secure-file-priv="$DIR/none" --plugin-dir="$DIR/none" --local-infile=0 \
        --skip-log-bin --event-scheduler=OFF --loose-symbolic-links=0 --loose-mysqlx=OFF --performance-schema=OFF \
        --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-flush-method=nosync --innodb-buffer-pool-size=16M \
        --loose-innodb-log-file-size=4M --innodb-temp-data-file-path="ibtmp1:$least:autoextend:max:1G" --max-connections=10 \
        --loose-aria-pagecache-buffer-size=1M --key-buffer-size=1M --loose-innodb-buffer-pool-dump-at-shutdown=0 \
        --innodb-stats-persistent=OFF $SAME $OPTIONS
}
"#;

/// What the server is started with as the live one is.
const MIRRORED: [&str; 11] = [
    "sql_mode",
    "old_mode",
    "character_set_server",
    "collation_server",
    "explicit_defaults_for_timestamp",
    "innodb_strict_mode",
    "innodb_default_row_format",
    "character_set_collations",
    "default_collation_for_utf8mb4",
    "sql_generate_invisible_primary_key",
    "div_precision_increment",
];
/// Engines that every server has.
const ENGINES: [&str; 4] = ["InnoDB", "MyISAM", "Aria", "MEMORY"];

/// What a server would be, without starting one.
pub(super) fn engine(like: &Like<'_>) -> Option<String> {
    let wish = like.live.map(|live| live.engine.as_str()).filter(|engine| !engine.is_empty());
    let programs = Programs::find(wish, like.env).ok()?;
    Some(format!("{} {}", if programs.is_mariadb { "MariaDB" } else { "MySQL" }, programs.version))
}

/// The scratch databases that are on this server.
pub(super) fn scratch_databases(url: &DatabaseUrl, deadline: Instant) -> Result<Vec<String>, DbError> {
    let mut session = MyWriter::open_at(&url.elsewhere(guest::LOBBY, None), deadline)?;
    let all = session.ask("SHOW DATABASES")?.into_iter();
    Ok(all.filter(|name| name.starts_with(PREFIX)).collect())
}

/// Where the database is.
enum Home {
    /// In a server of its own.
    Own(Keeper),
    /// On a server of others.
    Guest(Guest),
}

/// A database for migrations.
pub(super) struct Server {
    /// The session of the migrations: dropped before the server.
    session: Option<MyWriter>,
    admin: MyWriter,
    home: Home,
    engine: String,
    database: String,
    /// What the live database is called, where that is not the name here: views and procedures say it.
    live: Option<String>,
    /// Character set and collation of the database.
    defaults: String,
    own_defaults: String,
    /// Statements that set what was taken for granted as it is now.
    now: Vec<String>,
    /// Other databases that migrations have asked for.
    others: BTreeSet<String>,
    /// Circumstances of what a session makes that says nothing of them.
    usual: BTreeSet<String>,
    deadline: Instant,
    /// What runs before each script.
    before: Vec<String>,
    /// Something was run since it was empty.
    used: bool,
    /// The session is as if it had just begun.
    fresh: bool,
}

impl Server {
    pub(super) fn open(like: &Like<'_>, deadline: Instant) -> Result<Self, DbError> {
        let nothing = Surroundings::default();
        let live = like.live.unwrap_or(&nothing);
        let wish = Some(live.engine.as_str()).filter(|engine| !engine.is_empty());
        let programs = Programs::find(wish, like.env)?;
        let kind = if programs.is_mariadb { "MariaDB" } else { "MySQL" };
        let engine = format!("{kind} {}", programs.version);
        let (same, options) = options(live);
        let zone = live.settings.get("system_time_zone").filter(|zone| is_plain(zone) && !zone.is_empty());
        let recipe = Recipe {
            engine: &engine,
            script: SCRIPT,
            // MySQL wants to be made as it is run.
            kept: format!(
                "{}-{}{}-{MADE}",
                kind.to_lowercase(),
                programs.version,
                same.replace(" --lower-case-table-names=", "-")
            ),
            whole: "mysql",
            wrong: "\\[ERROR\\]",
            fatal: "Aborting",
            socket: "socket",
            end: "KILL",
            path: programs.path,
            variables: vec![
                ("KIND", kind.to_owned()),
                ("SERVER", programs.server.display().to_string()),
                ("SAME", same),
                ("OPTIONS", options),
                ("TZ", zone.cloned().unwrap_or_else(|| "UTC".to_owned())),
            ],
        };
        let mut keeper = Keeper::start(&recipe, like.env, deadline)?;
        let socket = keeper.dir.join("socket");
        let mut admin = loop {
            match MyWriter::open(&socket, ADMIN, "mysql", deadline) {
                Err(DbError::Unreachable(_)) if keeper.is_well() && Instant::now() < deadline => sleep(PAUSE),
                other => break other?,
            }
        };
        admin.set()?;
        let is_own = |name: &&str| !name.is_empty() && !SYSTEM.contains(&name.to_lowercase().as_str());
        let name = like.database.or(live.database.as_deref()).filter(is_own).unwrap_or("app");
        order(&mut admin, &format!("CREATE USER {MIGRATOR}@localhost"))?;
        Self::new((Home::Own(keeper), engine), (admin, name.to_owned()), like, deadline)
    }

    /// The same on a server that is declared for it.
    pub(super) fn open_on(
        elsewhere: Elsewhere<'_>,
        like: &Like<'_>,
        deadline: Instant,
    ) -> Result<Self, DbError> {
        let (guest, admin, database) = Guest::open(elsewhere, like.live, deadline)?;
        let engine = guest.engine.clone();
        let live = like.database.or(like.live.and_then(|live| live.database.as_deref())).map(str::to_owned);
        let mut server = Self::new((Home::Guest(guest), engine), (admin, database), like, deadline)?;
        server.live = live;
        Ok(server)
    }

    fn new(
        (home, engine): (Home, String),
        (admin, database): (MyWriter, String),
        like: &Like<'_>,
        deadline: Instant,
    ) -> Result<Self, DbError> {
        let setting = |name: &str| like.live?.settings.get(name).filter(|value| is_plain(value));
        let defaults = [("CHARACTER SET", "character_set_database"), ("COLLATE", "collation_database")]
            .map(|(word, name)| setting(name).map_or_else(String::new, |value| format!(" {word} {value}")))
            .concat();
        let (others, usual) = (BTreeSet::new(), BTreeSet::new());
        let mut server = Self {
            session: None,
            admin,
            home,
            engine,
            database,
            live: None,
            own_defaults: defaults.clone(),
            defaults,
            now: Vec::new(),
            others,
            usual,
            deadline,
            before: like.before.to_vec(),
            used: false,
            fresh: false,
        };
        server.make()?;
        server.learn()?;
        Ok(server)
    }

    /// An empty database, and a session in it.
    fn make(&mut self) -> Result<(), DbError> {
        let name = quote(&self.database);
        order(&mut self.admin, &format!("CREATE DATABASE {name}{}", self.defaults))?;
        self.allow(&self.database.clone())?;
        order(&mut self.admin, &format!("USE {name}"))?;
        self.session = Some(self.connect()?);
        self.fresh = true;
        Ok(())
    }

    fn connect(&self) -> Result<MyWriter, DbError> {
        match &self.home {
            Home::Own(keeper) => MyWriter::open(&socket(keeper), MIGRATOR, &self.database, self.deadline),
            Home::Guest(guest) => guest.session(&self.database, self.deadline),
        }
    }

    fn session(&mut self) -> Result<&mut MyWriter, DbError> {
        self.session.as_mut().ok_or(DbError::TimedOut)
    }

    /// In the name of a database that is given away `_` and `%` mean others.
    fn allow(&mut self, database: &str) -> Result<(), DbError> {
        let name = quote(&database.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%"));
        let user = match &self.home {
            Home::Own(_) => Some(format!("{MIGRATOR}@localhost")),
            Home::Guest(guest) => guest.user.clone(),
        };
        user.map_or(Ok(()), |user| order(&mut self.admin, &format!("GRANT ALL ON {name}.* TO {user}")))
    }

    /// What is recorded of whoever makes something and says nothing about it.
    fn learn(&mut self) -> Result<(), DbError> {
        let made = "CREATE PROCEDURE guard_probe() SET @a = 1";
        self.session()?.send(made)?.map_err(|refusal| DbError::Failed(refusal.message))?;
        let schema = self.admin.schema(&self.database)?;
        let said = schema.0.into_iter().filter(|(id, _)| CIRCUMSTANCES.contains(&id.kind));
        self.usual =
            said.filter_map(|(id, object)| Some(format!("{} {}", id.kind, object.get("is")?))).collect();
        order(&mut self.admin, "DROP PROCEDURE guard_probe")
    }

    /// What can be done about a refusal.
    fn remedy(&mut self, statement: &str, refusal: &MyRefusal) -> Result<Remedy, DbError> {
        let no_right = NO_RIGHT.contains(&refusal.code);
        if is_about_rights(statement) && (no_right || NO_USER.contains(&refusal.code)) {
            return Ok(Remedy::LeaveOut);
        }
        if refusal.code == 1227
            && let Some(instead) = without_definer(statement)
        {
            return Ok(Remedy::Instead(instead));
        }
        let may_give = no_right && matches!(self.home, Home::Own(_));
        let other = database_of(&refusal.message)
            .filter(|name| may_give && !SYSTEM.contains(&name.to_lowercase().as_str()));
        if let Some(name) = other.filter(|name| *name != self.database && !self.others.contains(name)) {
            self.allow(&name)?;
            self.others.insert(name);
            return Ok(Remedy::Again);
        }
        Ok(Remedy::None)
    }

    /// One statement, with all that can be done for it.
    fn one(&mut self, statement: &str) -> Result<Result<(), MyRefusal>, DbError> {
        let mut text = statement.to_owned();
        loop {
            let Err(refusal) = self.session()?.send(&text)? else { return Ok(Ok(())) };
            match self.remedy(&text, &refusal)? {
                Remedy::LeaveOut => return Ok(Ok(())),
                Remedy::Instead(instead) => text = instead,
                Remedy::Again => {}
                Remedy::None => return Ok(Err(refusal)),
            }
        }
    }
}

/// Whether a statement leaves its session as it was: it changes tables or rows, and neither variables, nor tables that go with the session,
/// nor the database in which it is.
fn leaves_nothing(statement: &str) -> bool {
    let text = statement.to_lowercase();
    let mut words =
        text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let changes = words.next().is_some_and(|word| OF_TABLES.contains(&word));
    let is_database = words.take(4).any(|word| word == "database" || word == "schema");
    changes && !is_database && !text.contains('@') && !text.contains("temporary")
}

/// What can be done about a statement that was refused.
enum Remedy {
    LeaveOut,
    Instead(String),
    Again,
    None,
}

impl Scratch for Server {
    fn name(&self) -> String {
        match &self.home {
            Home::Own(_) => format!("{}, in a server of guard's own", self.engine),
            Home::Guest(guest) => guest.name(),
        }
    }

    fn clear(&mut self) -> Result<(), DbError> {
        if !self.used {
            return Ok(());
        }
        self.session = None;
        let mut names = std::mem::take(&mut self.others);
        names.insert(self.database.clone());
        for name in names {
            order(&mut self.admin, &format!("DROP DATABASE IF EXISTS {}", quote(&name)))?;
        }
        self.make()?;
        self.used = false;
        Ok(())
    }

    fn run(&mut self, script: &Script, most: usize) -> Result<(), Trouble> {
        self.used = true;
        // What one script sets is not set for the next, as if each had a connection of its own; they have one where nothing can be set.
        if !self.fresh {
            self.session = None;
            self.session = Some(self.connect()?);
        }
        for statement in self.before.clone() {
            let said = self.session()?.send(&statement)?;
            said.map_err(|refusal| DbError::Failed(format!("`{statement}`: {}", refusal.message)))?;
        }
        let statements: Vec<_> = my_statements(&script.text).into_iter().take(most).collect();
        self.fresh = false;
        // What runs before may be that no statement ends its transaction.
        let leaves_nothing =
            self.before.is_empty() && statements.iter().all(|(_, statement)| leaves_nothing(statement));
        for (start, statement) in statements {
            if let Err(refusal) = self.one(statement)? {
                if NO_ROOM.contains(&refusal.code) {
                    return Err(
                        DbError::Failed(format!("the replay has no room: {}", refusal.message)).into()
                    );
                }
                let before = script.text[..start].bytes().filter(|byte| *byte == b'\n').count();
                return Err(Trouble::Refused {
                    line: script.line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)),
                    statement: statement.to_owned(),
                    message: refusal.message,
                });
            }
        }
        self.fresh = leaves_nothing;
        // What the script has begun or locked and did not end is ended, too.
        for end in ["COMMIT", "UNLOCK TABLES"].into_iter().filter(|_| !leaves_nothing) {
            let _ = self.session()?.send(end)?;
        }
        Ok(())
    }

    fn places(&self) -> Vec<(&'static str, String)> {
        let keeper = match &self.home {
            Home::Own(keeper) => keeper,
            Home::Guest(guest) => return guest.parts(&self.database),
        };
        let (socket, database) = (socket(keeper).display().to_string(), self.database.clone());
        vec![
            ("url", format!("mysql://{MIGRATOR}@localhost/{database}?unix_socket={socket}")),
            ("socket", socket),
            ("host", "localhost".to_owned()),
            ("user", MIGRATOR.to_owned()),
            ("database", database),
        ]
    }

    fn count(&self, script: &Script) -> usize {
        my_statements(&script.text).len()
    }

    /// Where each leaves its session as it was, and is understood by itself.
    fn pieces(&self, script: &Script) -> Vec<Script> {
        let all = my_statements(&script.text);
        let alone = |text: &str| leaves_nothing(text) && my_statements(text).len() == 1;
        if !all.iter().all(|(_, text)| alone(text)) {
            return Vec::new();
        }
        all.into_iter().map(|(_, text)| Script { text: text.to_owned(), ..script.clone() }).collect()
    }

    /// Only what a migration itself has said of circumstances is a fact of the migrations.
    fn schema(&mut self) -> Result<Schema, DbError> {
        // A migration may have dropped the database and made it again.
        order(&mut self.admin, &format!("USE {}", quote(&self.database)))?;
        let mut schema = self.admin.schema(&self.database)?;
        let usual = |id: &ObjectId, object: &Object| {
            let said = object.get("is").unwrap_or_default();
            CIRCUMSTANCES.contains(&id.kind) && self.usual.contains(&format!("{} {said}", id.kind))
        };
        schema.0.retain(|id, object| !usual(id, object));
        if let Some(live) = &self.live {
            schema.0.values_mut().for_each(|object| rename(object, &self.database, live));
        }
        Ok(schema)
    }

    fn take(&mut self, as_in: Option<(&Schema, &Schema)>) -> Result<bool, DbError> {
        self.take_for_granted(as_in)
    }

    fn printed(&mut self, objects: &[(ObjectId, Object)]) -> Result<Vec<Object>, DbError> {
        let Some(live) = self.live.clone() else { return printed::printed(self, objects) };
        let mut own = objects.to_vec();
        for (_, object) in &mut own {
            rename(object, &live, &self.database);
        }
        let mut printed = printed::printed(self, &own)?;
        for object in &mut printed {
            rename(object, &self.database, &live);
        }
        Ok(printed)
    }
}

impl Drop for Server {
    /// A server of guard's own takes all with it when it ends.
    fn drop(&mut self) {
        if let Home::Guest(guest) = &self.home {
            self.session = None;
            self.admin.until(Instant::now() + END);
            guest.end(&mut self.admin, &self.database);
        }
    }
}

fn socket(keeper: &Keeper) -> PathBuf {
    keeper.dir.join("socket")
}

/// Puts the name of one database for that of another, where they are quoted as the server does it.
fn rename(object: &mut Object, from: &str, to: &str) {
    let (from, to) = (quote(from), quote(to));
    for (_, text) in object.0.iter_mut().filter(|(_, text)| text.contains(&from)) {
        *text = text.replace(&from, &to);
    }
}

/// An order of guard's own, which the server cannot refuse.
fn order(admin: &mut MyWriter, text: &str) -> Result<(), DbError> {
    admin.send(text)?.map_err(|refusal| DbError::Failed(refusal.message))
}

/// Options that hold for the data from their beginning, and all others.
fn options(live: &Surroundings) -> (String, String) {
    let setting = |name: &str| live.settings.get(name).filter(|value| is_plain(value));
    let option = |name: &str| Some(format!(" --loose-{}={}", name.replace('_', "-"), setting(name)?));
    let mut options: String = MIRRORED.into_iter().filter_map(option).collect();
    if let Some(zone) = setting("time_zone").filter(|zone| zone.starts_with(['+', '-'])) {
        options.push_str(&format!(" --default-time-zone={zone}"));
    }
    if let Some(engine) =
        setting("default_storage_engine").filter(|engine| ENGINES.contains(&engine.as_str()))
    {
        options.push_str(&format!(" --default-storage-engine={engine}"));
    }
    let same = setting("lower_case_table_names").filter(|value| *value != "2");
    (same.map_or_else(String::new, |value| format!(" --lower-case-table-names={value}")), options)
}

/// Nothing in it that a shell would take for something else.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_,:.+-/=".contains(&byte))
}

/// Whether a statement gives rights, makes users or sets something: none of it is in a schema.
fn is_about_rights(statement: &str) -> bool {
    let upper: Vec<String> = statement.split_whitespace().take(2).map(str::to_ascii_uppercase).collect();
    match upper.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["GRANT" | "REVOKE" | "SET" | "FLUSH" | "RESET", ..] => true,
        ["CREATE" | "ALTER" | "DROP" | "RENAME", what] => ["USER", "ROLE"].contains(&what),
        _ => false,
    }
}

/// The statement without `DEFINER = somebody`: rights of others are not given.
fn without_definer(statement: &str) -> Option<String> {
    let upper = statement.to_ascii_uppercase();
    let bytes = statement.as_bytes();
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    // A name, quoted or not, or `CURRENT_USER()`.
    let name = |at: usize| match bytes.get(at) {
        Some(quote @ (b'`' | b'\'' | b'"')) => {
            let end = bytes[at + 1..].iter().position(|byte| byte == quote)?;
            Some(at + end + 2)
        }
        _ => {
            let rest = &bytes[at..];
            let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"_%.-()".contains(byte));
            Some(at + end.unwrap_or(rest.len()))
        }
    };
    let mut from = 0;
    while let Some(found) = upper[from..].find("DEFINER") {
        let start = from + found;
        let equals = skip(start + "DEFINER".len());
        from = start + "DEFINER".len();
        if bytes.get(equals) != Some(&b'=') {
            continue;
        }
        let mut end = name(skip(equals + 1))?;
        if bytes.get(skip(end)) == Some(&b'@') {
            end = name(skip(skip(end) + 1))?;
        }
        return Some(format!("{}{}", &statement[..start], &statement[end..]));
    }
    None
}

/// `x` of `Access denied for user 'a'@'b' to database 'x'` and of `SELECT command denied to user 'a'@'b' for table `x`.`y``.
fn database_of(message: &str) -> Option<String> {
    if let Some((_, behind)) = message.split_once(" to database '") {
        return Some(behind.strip_suffix('\'')?.to_owned());
    }
    let (_, behind) = message.split_once(" for table `")?;
    let (database, _) = behind.split_once("`.`")?;
    Some(database.replace("``", "`"))
}

#[cfg(test)]
#[path = "mysql/tests.rs"]
mod tests;
