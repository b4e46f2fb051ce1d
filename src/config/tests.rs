//! Broken files: each gets one clear message at its line. And good ones: they mean what they say.

use std::path::Path;

use super::*;

const SET: &str = "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n";
const DATABASE: &str =
    "[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\ntimeout = \"500ms\"\nat = [\"commit\"]\n";

/// A service, and the check that needs it.
const SERVICE: &str = "[services.tts]\nprobe = \"tcp://tts:443\"\nrequired = false\ntimeout = \"800ms\"\n\
    [[checks]]\nname = \"audio\"\nrun = [\"true\"]\nneeds = [\"tts\"]\nrequired = true\ntimeout = \"5s\"\n";
const REPLAY: &str = "[[migrations]]\ntool = \"alembic\"\n[migrations.replay]\n";
const CHECK: &str = "[[checks]]\nname = \"lint\"\nrun = [\"true\"]\nrequired = true\ntimeout = \"5s\"\n";

fn mistakes(text: &str) -> Vec<String> {
    let root = Path::new("/srv/app");
    Config::parse(text, root).expect_err("has mistakes").iter().map(ToString::to_string).collect()
}

fn good(text: &str) -> Config {
    Config::parse(text, Path::new("/srv/app")).expect("has none")
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_kind_of_mistake_has_one_message_at_its_line() {
    let database = |line: &str, instead: &str| DATABASE.replace(line, instead);
    let cases: &[(String, &str)] = &[
        ("[[migrations]\n".to_owned(), "guard.toml:1:"),
        ("requires = \"2\"\n".to_owned(), "guard.toml:1:12: this file requires guard 2, and this is guard 0"),
        ("requires = \"soon\"\n".to_owned(), "guard.toml:1:12: `requires` is no range of versions"),
        ("frobnicate = 1\n".to_owned(), "guard.toml:1:1: unknown field `frobnicate`"),
        ("[[migrations]]\ndir = \"x\"\n".to_owned(), "guard.toml:1:1: a migration set has no `tool`"),
        ("[[migrations]]\ntool = \"sqlxx\"\n".to_owned(), "guard.toml:2:8: the tool \"sqlxx\" is not known"),
        (
            "[[migrations]]\ntool = 7\n".to_owned(),
            "guard.toml:2:8: invalid type: integer `7`, expected a string",
        ),
        (
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"../x\"\n".to_owned(),
            "guard.toml:3:7: the directory \"../x\" leads out",
        ),
        (
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"/x\"\n".to_owned(),
            "guard.toml:3:7: the directory \"/x\" is not relative",
        ),
        (format!("{SET}{SET}"), "guard.toml:4:1: two migration sets are called \"migrations\""),
        (
            database("required = false\n", ""),
            "guard.toml:1:1: the database \"dev\" has no `required`; there is no default",
        ),
        (
            database("timeout = \"500ms\"\n", ""),
            "guard.toml:1:1: the database \"dev\" has no `timeout`; there is no default",
        ),
        (
            database("at = [\"commit\"]\n", ""),
            "guard.toml:1:1: the database \"dev\" has no `at`; there is no default",
        ),
        (database("url = \"sqlite:dev.db\"\n", ""), "guard.toml:1:1: the database \"dev\" has no `url`"),
        (database("500ms", "soon"), "guard.toml:4:11: `timeout` is \"soon\", which is no length of time"),
        (
            database("500ms", "0s"),
            "guard.toml:4:11: `timeout` is \"0s\", which is no length of time above zero",
        ),
        (database("[\"commit\"]", "[\"comit\"]"), "guard.toml:5:7: the moment \"comit\" is not known"),
        (database("[\"commit\"]", "[]"), "guard.toml:5:6: `at` is empty"),
        (
            database("required = false", "required = \"no\""),
            "guard.toml:3:12: invalid type: string \"no\", expected a boolean",
        ),
        (
            database("\"sqlite:dev.db\"", "{ env = \"A\", env-file = \".env\", key = \"B\" }"),
            "guard.toml:2:7: the URL of the database \"dev\" has two sources",
        ),
        (
            database("\"sqlite:dev.db\"", "{ env-file = \".env\" }"),
            "guard.toml:2:7: the URL of the database \"dev\" has no complete source",
        ),
        (database("sqlite:dev.db", "oracle://x"), "guard.toml:2:7: the URL of the database \"dev\":"),
        (format!("{DATABASE}checks = [\"magic\"]\n"), "guard.toml:6:11: the check \"magic\" is not known"),
        (format!("{SET}{DATABASE}sets = [\"x\"]\n"), "guard.toml:9:9: the migration set \"x\" is not known"),
        (format!("{DATABASE}sets = []\n"), "guard.toml:6:8: the database \"dev\" has an empty list of sets"),
        ("[base]\nref = \"--upload-pack=x\"\n".to_owned(), "guard.toml:2:7: `ref` names no commit"),
        ("[hook]\nbudget = \"fast\"\n".to_owned(), "guard.toml:2:10: `budget` is \"fast\""),
        (
            "[rules]\nedited-migratoin = \"deny\"\n".to_owned(),
            "guard.toml:2:1: the rule \"edited-migratoin\" is not known",
        ),
        (
            "[rules]\nedited-migration = \"loud\"\n".to_owned(),
            "guard.toml:2:20: the level \"loud\" is not known",
        ),
        (
            SERVICE.replace("probe = \"tcp://tts:443\"\n", ""),
            "guard.toml:1:1: the service \"tts\" has no `probe`",
        ),
        (
            SERVICE.replacen("required = false\n", "", 1),
            "guard.toml:1:1: the service \"tts\" has no `required`; there is no default",
        ),
        (
            SERVICE.replacen("timeout = \"800ms\"\n", "", 1),
            "guard.toml:1:1: the service \"tts\" has no `timeout`; there is no default",
        ),
        (
            SERVICE.replace("tcp://tts:443", "tts:443"),
            "guard.toml:2:9: the probe of the service \"tts\" is no address: it begins with none of tcp://",
        ),
        (
            SERVICE.replace("\"tcp://tts:443\"", "{ run = [] }"),
            "guard.toml:2:9: the probe of the service \"tts\" runs nothing",
        ),
        (
            SERVICE.replace("required = false\n", "required = false\nstatus = 204\n"),
            "guard.toml:4:10: the service \"tts\" has a `status`, and is not asked by HTTP",
        ),
        (
            SERVICE.replace("800ms\"\n", "800ms\"\ncooldown = \"x\"\n"),
            "guard.toml:5:12: `cooldown` is \"x\", which is no length",
        ),
        (
            SERVICE.replace("needs = [\"tts\"]\n", ""),
            "guard.toml:1:1: no check needs the service \"tts\", so it would never be asked",
        ),
        (
            SERVICE.replace("[\"tts\"]", "[\"tts\", \"ttx\"]"),
            "guard.toml:8:17: the service \"ttx\" is not known",
        ),
        (
            CHECK.replace("run", "needs = [\"tts\"]\nrun"),
            "guard.toml:3:10: the service \"tts\" is not declared",
        ),
        (CHECK.replace("name = \"lint\"\n", ""), "guard.toml:1:1: a check has no `name`"),
        (CHECK.replace("[\"true\"]", "[]"), "guard.toml:1:1: the check \"lint\" has no `run`"),
        (CHECK.replace("[\"true\"]", "\"true\""), "guard.toml:3:7: invalid type: string \"true\""),
        (
            CHECK.replace("required = true\n", ""),
            "guard.toml:1:1: the check \"lint\" has no `required`; there is no default",
        ),
        (
            CHECK.replace("timeout = \"5s\"\n", ""),
            "guard.toml:1:1: the check \"lint\" has no `timeout`; there is no default",
        ),
        (format!("{CHECK}{CHECK}"), "guard.toml:6:1: two checks are called \"lint\""),
        (format!("{CHECK}files = [\"a[\"]\n"), "guard.toml:6:10: \"a[\" is no pattern"),
        (format!("{CHECK}at = [\"noon\"]\n"), "guard.toml:6:7: the moment \"noon\" is not known"),
        (
            format!("{DATABASE}scratch = {{}}\n"),
            "guard.toml:6:11: the scratch server of \"dev\" has no `url`",
        ),
        (
            format!("{DATABASE}scratch = {{ url = \"postgres://a:secret@h/d\" }}\n"),
            "guard.toml:6:19: the URL of the database \"dev.scratch\" holds a password",
        ),
        ("[hook]\njobs = 0\n".to_owned(), "guard.toml:2:8: `jobs` is 0, so no check would ever run"),
        ("[hook]\ndebt = {}\n".to_owned(), "guard.toml:2:8: `debt` has no limit"),
        ("[hook]\ndebt = { age = \"x\" }\n".to_owned(), "guard.toml:2:16: `age` is \"x\""),
        (
            "[rules]\nedited-migration = { noon = \"deny\" }\n".to_owned(),
            "guard.toml:2:20: the moment \"noon\" is not known",
        ),
        (
            "[[waivers]]\nrule = \"edited-migration\"\nuntil = 2026-12-31\n".to_owned(),
            "guard.toml:1:1: a waiver has no `reason`; there is no default",
        ),
        (
            "[[waivers]]\nrule = \"edited-migration\"\nreason = \"x\"\n".to_owned(),
            "guard.toml:1:1: a waiver has no `until`; there is no default",
        ),
        (
            "[[waivers]]\nreason = \"x\"\nuntil = \"never\"\n".to_owned(),
            "guard.toml:1:1: a waiver has no `rule`",
        ),
        (
            "[[waivers]]\nrule = \"edited-migration\"\nreason = \"x\"\nuntil = \"soon\"\n".to_owned(),
            "guard.toml:4:9: `until` is \"soon\", which is no day",
        ),
        (
            "[[waivers]]\nrule = \"edited-migration\"\nreason = \"x\"\nuntil = \"never\"\npath = \"a[\"\n"
                .to_owned(),
            "guard.toml:5:8: \"a[\" is no pattern",
        ),
        ("[schema]\nignore = [\"a\", \"b[\"]\n".to_owned(), "guard.toml:2:16: \"b[\" is no pattern"),
        (
            format!("{REPLAY}run = []\nenv = {{ A = \"{{url}}\" }}\n"),
            "guard.toml:4:7: `run` names no program",
        ),
        (format!("{REPLAY}run = [\"x\"]\n"), "guard.toml:3:1: [migrations.replay] does not say where"),
        (
            format!("{REPLAY}run = [\"x\", \"{{url}}\"]\nto = [\"y\"]\n"),
            "guard.toml:5:6: `to` does not say where to",
        ),
        (
            format!("{REPLAY}to = [\"y\", \"{{version}}\"]\n"),
            "guard.toml:3:1: [migrations.replay] has `to` and no `run`",
        ),
    ];
    for (text, expected) in cases {
        let mistakes = mistakes(text);
        assert!(
            mistakes.len() == 1 && mistakes[0].starts_with(expected),
            "{text}\n{mistakes:#?}\n{expected}"
        );
    }
}

#[test]
fn all_mistakes_are_said_at_once() {
    let text = format!(
        "{}frob = 1\n[rules]\nnone-such = \"deny\"\n[[waivers]]\nrule = 3\n",
        DATABASE.replace("false", "\"no\"").replace("500ms", "later")
    );
    let mistakes = mistakes(&text);
    for part in ["frob", "none-such", "expected a boolean", "\"later\"", "expected a string", "no `reason`"] {
        assert!(mistakes.iter().any(|mistake| mistake.contains(part)), "{part} in {mistakes:#?}");
    }
}

#[test]
fn a_url_that_is_no_url_is_not_shown() {
    let text = DATABASE.replace("sqlite:dev.db", "postgres://app:hunter2@host/db");
    let mistakes = mistakes(&text);
    assert!(!mistakes.join("\n").contains("hunter2"), "{mistakes:#?}");
}

#[test]
fn a_good_file_means_what_it_says() {
    let config = good(&format!(
        "requires = \">=0.1, <0.2\"\n{SET}name = \"app\"\ntable = \"x.y\"\n{DATABASE}sets = [\"app\"]\n\
         [base]\nref = \"origin/trunk\"\n[hook]\nbudget = \"3s\"\n\
         [rules]\nedited-migration = {{ commit = \"warn\", ci = \"deny\" }}\npending-migration = \"allow\"\n\
         [[waivers]]\nrule = \"edited-migration\"\npath = \"migrations/1_*\"\nreason = \"OPS-12\"\nuntil = 2026-12-31\n\
         [[waivers]]\nrule = \"edited-migration\"\nreason = \"OPS-13\"\nuntil = \"never\"\n"
    ));
    let set = &config.sets[0];
    assert_eq!((set.name.as_str(), set.tool.name(), set.line), ("app", "sqlx", 2));
    assert_eq!(set.table, Some(TableName { schema: Some("x".to_owned()), name: "y".to_owned() }));
    let database = &config.databases[0];
    assert_eq!((database.need, database.timeout), (Need::Optional, Duration::from_millis(500)));
    assert_eq!((&*database.at, &database.sets), (&[Moment::Commit][..], &Some(vec!["app".to_owned()])));
    assert_eq!((config.base.as_deref(), config.budget), (Some("origin/trunk"), Some(Duration::from_secs(3))));
    let rule = crate::rules::find("edited-migration").unwrap();
    assert_eq!(config.level(rule, Moment::Commit), Level::Warn);
    assert_eq!(config.level(rule, Moment::Audit), rule.level);
    assert_eq!(config.waivers[0].until.map(|day| day.to_string()), Some("2026-12-31".to_owned()));
    assert_eq!(config.waivers[1].until, None);
}

#[test]
fn services_and_checks_mean_what_they_say() {
    let config = good(&format!(
        "{}cooldown = \"10m\"\n{}files = [\"content/**/*.md\", \"*.txt\"]\n[hook]\njobs = 3\ndebt = {{ commits = 20, age = \"7d\" }}\n",
        SERVICE.split("[[checks]]").next().unwrap(),
        SERVICE.split("800ms\"\n").nth(1).unwrap(),
    ));
    let service = &config.services[0];
    assert_eq!((service.name.as_str(), service.need, service.line), ("tts", Need::Optional, 1));
    assert_eq!(
        (service.probe.to_string().as_str(), service.cooldown),
        ("tcp://tts:443", Some(Duration::from_secs(600)))
    );
    let check = &config.checks[0];
    assert_eq!(
        (check.need, &*check.needs, &*check.at),
        (Need::Required, &["tts".to_owned()][..], &[Moment::Commit][..])
    );
    let concerned = |path: &str| check.concerns(&[RepoPath::from(path)]);
    assert!(concerned("content/a.md") && concerned("content/b/c/a.md") && concerned("a.txt"));
    assert!(!concerned("content/a.rs") && !concerned("deep/a.txt") && !check.concerns(&[]));
    assert_eq!(config.jobs, Some(3));
    assert_eq!(config.debt, DebtConfig { commits: Some(20), age: Some(Duration::from_secs(7 * 86_400)) });
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(file::File)).unwrap() + "\n";
    snapbox::assert_data_eq!(schema, snapbox::file!["../../schema/guard.toml.json"].raw());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Config::parse(&text, Path::new("/srv/app"));
    }

    #[test]
    fn no_arrangement_of_its_own_words_makes_it_panic(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "[[migrations]]", "tool = \"sqlx\"", "dir = 3", "[databases.dev]", "url = { env = 1 }", "at = [\"x\", 2]",
                "required = 1", "[rules]", "edited-migration = []", "[[waivers]]", "until = 1979-05-27T07:32:00", "x.y.z = {}",
                "[tools.mine]", "title = 1", "databases = 3", "[base]", "ref = [[1]]", "[hook]", "budget = {a = 1}", "[services.x]", "probe = 1", "[[checks]]", "run = []", "needs = [\"x\"]",
            ]),
            0..12,
        )
    ) {
        let _ = Config::parse(&lines.join("\n"), Path::new("/srv/app"));
    }
}

#[test]
fn a_password_does_not_belong_into_the_file() {
    let text = |url: &str| {
        format!(
            "[[migrations]]\ntool = \"sqlx\"\n[databases.dev]\nurl = \"{url}\"\nrequired = true\ntimeout = \"1s\"\nat = [\"commit\"]\n"
        )
    };
    assert!(Config::parse(&text("postgres://app@host/db"), Path::new("/r")).is_ok());
    for url in ["postgres://app:hunter2@host/db", "jdbc:postgresql://host/db?user=app&password=hunter2"] {
        let error = Config::parse(&text(url), Path::new("/r")).unwrap_err();
        let said = format!("{} {error:?}", error[0]);
        assert!(said.contains("holds a password") && said.contains("{ env = "), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
