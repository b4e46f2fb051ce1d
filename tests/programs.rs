//! Migrations that are programs, replayed by their own tools, from their registry: Alembic and Django.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use rusqlite::Connection;

use crate::support::postgres::Server;
use crate::support::{TestRepo, installed, mysql};

fn python() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| installed("programs").join("python/bin"))
}

const ENV: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\n\
    with create_engine(os.environ[\"DATABASE_URL\"]).connect() as connection:\n    \
    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n";

const SETTINGS: &str = "import os\n\nSECRET_KEY = \"none\"\nUSE_TZ = True\nDEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"\n\
    INSTALLED_APPS = [\"django.contrib.contenttypes\", \"django.contrib.auth\", \"shop\"]\n\
    DATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.sqlite3\", \"NAME\": os.environ[\"DB\"]}}\n";

/// A revision of Alembic.
fn revision(repo: &TestRepo, name: &str, down: &str, body: &str) {
    let down = if down.is_empty() { "None".to_owned() } else { format!("\"{down}\"") };
    repo.write(
        format!("migrations/versions/{name}_a.py"),
        format!(
            "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"{name}\"\ndown_revision = {down}\n\n\n\
             def upgrade():\n    {body}\n\n\ndef downgrade():\n    pass\n"
        ),
    );
}

/// A repository with two revisions of Alembic.
fn alembic(url: &str, replay: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("alembic.ini", "[alembic]\nscript_location = migrations\n");
    repo.write("migrations/env.py", ENV);
    repo.write(".gitignore", "*.db\n__pycache__/\n");
    let users = "op.create_table(\"users\", sa.Column(\"id\", sa.Integer, primary_key=True), \
                 sa.Column(\"name\", sa.String(20), nullable=False))";
    revision(&repo, "a1", "", users);
    revision(&repo, "b2", "a1", "op.create_index(\"by_name\", \"users\", [\"name\"])");
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"alembic\"\ndir = \"migrations/versions\"\n{replay}\n[databases.dev]\nurl = \"{url}\"\n\
             required = false\ntimeout = \"60s\"\nat = [\"audit\"]\nchecks = [\"ledger\", \"drift\"]\n"
        ),
    );
    repo.commit("begin");
    repo
}

fn replay(url: &str) -> String {
    let alembic = python().join("alembic");
    let alembic = alembic.display();
    format!(
        "[migrations.replay]\nrun = [\"{alembic}\", \"upgrade\", \"heads\"]\nto = [\"{alembic}\", \"upgrade\", \"{{version}}\"]\n\
         env = {{ DATABASE_URL = \"{url}\", PYTHONDONTWRITEBYTECODE = \"1\" }}\n"
    )
}

fn run(repo: &TestRepo, program: &str, arguments: &[&str], env: (&str, &str)) -> Output {
    let mut command = repo.command(python().join(program).to_str().unwrap());
    let output =
        command.args(arguments).env(env.0, env.1).env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Where the database is that the tool works on by hand.
fn file(repo: &TestRepo) -> PathBuf {
    repo.path().join("dev.db")
}

fn upgrade(repo: &TestRepo, to: &str) {
    run(repo, "alembic", &["upgrade", to], ("DATABASE_URL", &format!("sqlite:///{}", file(repo).display())));
}

fn by_hand(repo: &TestRepo, sql: &str) {
    Connection::open(file(repo)).unwrap().execute_batch(sql).unwrap();
}

fn audit(repo: &TestRepo, code: i32) -> crate::support::Guarded {
    repo.guard(&["audit", "dev", "--format", "json"]).code(code)
}

#[test]
fn revisions_of_alembic_are_run_by_alembic() {
    let repo = alembic("sqlite:dev.db", &replay("sqlite:///{path}"));
    upgrade(&repo, "heads");
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert!(report.out().contains("\"objects\": 5"), "{}", report.out());
    by_hand(&repo, "ALTER TABLE users ADD COLUMN mail TEXT; DROP INDEX by_name");
    let report = audit(&repo, 1);
    assert_eq!(report.rules(), ["altered-object"], "{}", report.out());
    assert!(report.out().contains("upgrade heads"), "{}", report.out());
}

#[test]
fn what_is_pending_is_not_run() {
    let repo = alembic("sqlite:dev.db", &replay("sqlite:///{path}"));
    upgrade(&repo, "a1");
    let report = audit(&repo, 0);
    assert!(report.out().contains("\"objects\": 4"), "{}", report.out());
    by_hand(&repo, "DROP TABLE users");
    assert_eq!(audit(&repo, 1).rules(), ["missing-object"]);
    // Without a way to the version, it is said that nothing was compared.
    let text = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    let without =
        text.split_terminator('\n').filter(|line| !line.starts_with("to = ")).map(|line| format!("{line}\n"));
    repo.write("guard.toml", without.collect::<String>());
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0]);
    assert!(report.out().contains("1 migration is pending in it"), "{}", report.out());
}

#[test]
fn a_command_that_runs_elsewhere_is_noticed() {
    let repo = alembic("sqlite:dev.db", &replay("sqlite:////tmp/{database}/nowhere.db"));
    upgrade(&repo, "heads");
    let report = audit(&repo, 0);
    assert!(report.out().contains("ended with exit status 1"), "{}", report.out());
    let other = repo.beside("other.db");
    let repo = alembic("sqlite:dev.db", &replay(&format!("sqlite:///{}?x={{path}}", other.display())));
    upgrade(&repo, "heads");
    let text = std::fs::read_to_string(repo.path().join("migrations/env.py")).unwrap();
    repo.write("migrations/env.py", text.replace("[\"DATABASE_URL\"]", "[\"DATABASE_URL\"].split('?')[0]"));
    let report = audit(&repo, 0);
    assert!(report.out().contains("it ran on another one"), "{}", report.out());
    // Nor where the audited database has no ledger to compare with.
    by_hand(&repo, "DROP TABLE alembic_version");
    let report = audit(&repo, 0);
    assert!(report.out().contains("it ran on another one"), "{}", report.out());
}

#[test]
fn a_command_does_not_find_the_audited_database() {
    let repo = alembic("sqlite:dev.db", &replay("sqlite:///{path}"));
    upgrade(&repo, "heads");
    let text = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    let text = text.replace("url = \"sqlite:dev.db\"", "url = { env = \"APP_URL\" }");
    repo.write("guard.toml", text);
    repo.write("migrations/env.py", format!("import os\nassert \"APP_URL\" not in os.environ\n{ENV}"));
    let mut command = repo.command(env!("CARGO_BIN_EXE_guard"));
    let output = command.args(["audit", "dev"]).env("APP_URL", "sqlite:dev.db").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("AssertionError"));
}

#[test]
fn revisions_of_alembic_on_postgresql() {
    let server = Server::shared();
    let database = server.create();
    let url = server.socket_url("postgres", &database);
    let repo = alembic(&url, &replay("postgresql+psycopg2://{user}@/{database}?host={host}"));
    let tool = format!(
        "postgresql+psycopg2://postgres@/{database}?host={}&port={}",
        server.dir.display(),
        server.port
    );
    run(&repo, "alembic", &["upgrade", "heads"], ("DATABASE_URL", &tool));
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert!(!report.out().contains("\"objects\": 0"), "{}", report.out());
    server.admin(&database).run("ALTER TABLE users ALTER name TYPE text");
    let report = audit(&repo, 1);
    assert_eq!(report.rules(), ["altered-object"], "{}", report.out());
}

#[test]
fn revisions_of_alembic_on_mariadb() {
    let server = mysql::Server::shared();
    let database = server.create();
    let url = "mysql+pymysql://{user}@localhost/{database}?unix_socket={socket}";
    let repo = alembic(&server.socket_url("root", &database), &replay(url));
    let tool = format!("mysql+pymysql://root@localhost/{database}?unix_socket={}", server.file("socket"));
    run(&repo, "alembic", &["upgrade", "heads"], ("DATABASE_URL", &tool));
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert!(!report.out().contains("\"objects\": 0"), "{}", report.out());
    server.run(&database, "ALTER TABLE users MODIFY name text NOT NULL, ADD mail text");
    let report = audit(&repo, 1);
    assert_eq!(report.rules(), ["altered-object"], "{}", report.out());
    assert!(report.out().contains("column users.mail"), "{}", report.out());
}

#[test]
fn migrations_of_django_are_run_by_django() {
    let repo = TestRepo::new();
    let python = python().join("python");
    let python = python.display();
    repo.write("settings.py", SETTINGS);
    repo.write("shop/__init__.py", "");
    repo.write("shop/migrations/__init__.py", "");
    repo.write(".gitignore", "*.db\n__pycache__/\n");
    let migration = |number: &str, after: &str, body: &str| {
        repo.write(
            format!("shop/migrations/{number}.py"),
            format!(
                "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
                 dependencies = [{after}]\n    operations = [{body}]\n"
            ),
        );
    };
    let id = "(\"id\", models.BigAutoField(primary_key=True))";
    migration(
        "0001_initial",
        "(\"auth\", \"0001_initial\")",
        &format!(
            "migrations.CreateModel(name=\"Order\", fields=[{id}, (\"of\", models.ForeignKey(\"auth.User\", models.CASCADE))])"
        ),
    );
    migration(
        "0002_name",
        "(\"shop\", \"0001_initial\")",
        "migrations.AddField(\"order\", \"name\", models.CharField(max_length=20, default=\"\"))",
    );
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"django\"\n[migrations.replay]\nrun = [\"{python}\", \"-m\", \"django\", \"migrate\", \"--no-input\"]\n\
             env = {{ DB = \"{{path}}\", DJANGO_SETTINGS_MODULE = \"settings\", PYTHONPATH = \".\", PYTHONDONTWRITEBYTECODE = \"1\" }}\n\
             [databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\ntimeout = \"60s\"\nat = [\"audit\"]\n"
        ),
    );
    repo.commit("begin");
    let mut command = repo.command(python.to_string().as_str());
    command.args(["-m", "django", "migrate", "--no-input"]).env("DB", file(&repo));
    command
        .env("DJANGO_SETTINGS_MODULE", "settings")
        .env("PYTHONPATH", ".")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    assert!(command.output().unwrap().status.success());
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert!(!report.out().contains("\"objects\": 0"), "{}", report.out());
    by_hand(&repo, "ALTER TABLE shop_order ADD COLUMN price INTEGER");
    assert_eq!(audit(&repo, 1).rules(), ["unexpected-object"]);
}
