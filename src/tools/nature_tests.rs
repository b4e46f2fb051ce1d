//! Edits that only people see, and edits that run.

use proptest::prelude::*;

use super::super::testing::{TOOLS, tool};
use super::*;

#[track_caller]
fn check(name: &str, before: &str, after: &str, wanted: Nature) {
    let tool = tool(name);
    assert_eq!(
        tool.nature(&RepoPath::default(), before.as_bytes(), after.as_bytes()),
        wanted,
        "{before:?} to {after:?}"
    );
    assert_eq!(
        tool.nature(&RepoPath::default(), after.as_bytes(), before.as_bytes()),
        wanted,
        "{after:?} to {before:?}"
    );
    let essence = |text: &str| tool.essence(&RepoPath::default(), text.as_bytes());
    assert_eq!(essence(before) == essence(after), wanted != Nature::Code, "{before:?} and {after:?}");
}

#[test]
fn line_endings_and_byte_order_marks() {
    check("sqlx", "a;\r\nb;\r\n", "a;\nb;\n", Nature::LineEndings);
    check("sqlx", "\u{feff}a;\n", "a;\n", Nature::LineEndings);
    check("rails", "a\r\n", "a\n", Nature::LineEndings);
}

#[test]
fn sql_that_runs_the_same() {
    for (before, after) in [
        ("select 1;", "select   1 ;\n"),
        ("select 1; -- one\n", "select 1;"),
        ("-- it's so\nselect 1;", "select 1;"),
        ("--old\nselect 1;", "--new\nselect 1;"),
        ("select /* ' */ 1;", "select 1;"),
        ("create table t(a int,b int)", "create table t (\n  a int,\n  b int\n)\n"),
        ("select $$a -- b$$;", "select  $$a -- b$$;"),
        ("select 'don''t' ;", "select 'don''t';"),
        ("select 'C:\\'; -- x\n", "select 'C:\\';\n"),
        ("select a # b\n;", "select a # b\n ;"),
        ("select [a  b], c", "select [a  b],c"),
        ("Create Table a (b TEXT Not Null)", "CREATE TABLE a (b text NOT NULL)"),
        (
            "ALTER TABLE a ADD COLUMN b Timestamp DEFAULT FALSE",
            "alter table a add column b timestamp default false",
        ),
        ("ALTER TABLE `a` ADD COLUMN `b_2` INTEGER;", "ALTER TABLE a ADD COLUMN b_2 INTEGER;"),
        ("alter table a alter b type UUID using b::UUID", "alter table a alter b type uuid using b::uuid"),
    ] {
        check("sqlx", before, after, Nature::Cosmetic);
    }
}

#[test]
fn sql_that_runs_otherwise() {
    for (before, after) in [
        ("select 'a b';", "select 'a  b';"),
        ("select \"a b\";", "select \"a  b\";"),
        ("select `a b`;", "select `a  b`;"),
        ("select $x$a  b$x$;", "select $x$a b$x$;"),
        ("select '-- a';", "select '-- b';"),
        ("select 1 - 1;", "select 1 -- 1;"),
        ("select 5--1;", "select 5--2;"),
        ("select a<=b;", "select a< =b;"),
        ("select E'x';", "select E 'x';"),
        ("select ab;", "select a b;"),
        // Names of tables are their letters on MySQL.
        ("select * from Users;", "select * from users;"),
        ("create table Text (a int)", "create table text (a int)"),
        ("select 'NULL';", "select 'null';"),
        ("select \"NULL\";", "select \"null\";"),
        ("select `null`;", "select null;"),
        ("select `a b`;", "select a b;"),
        ("select `Current_Date`;", "select Current_Date;"),
        ("do $$ begin RETURN; end $$;", "do $$ begin return; end $$;"),
        ("-- select 1;\n", "select 1;\n"),
        ("/*! set x = 1 */;", "/*! set x = 2 */;"),
        ("select /*+ a */ 1;", "select /*+ b */ 1;"),
        ("select 'a\\' b';", "select 'a\\'  b';"),
        ("select 1;", "select 1; drop table t;"),
        ("-- no-transaction\nselect 1;", "select 1;"),
        ("-- no-transaction\nselect 1;", " -- no-transaction\nselect 1;"),
        ("/* a /* b */ select 1; */", "/* a /* b */ select 2; */"),
        ("select 'open", "select 'open "),
        ("# don't\nselect 'a  b';", "# don't\nselect 'a b';"),
    ] {
        check("sqlx", before, after, Nature::Code);
    }
}

#[test]
fn directives_of_the_tool_count() {
    check("goose", "-- +goose Up\nselect 1;", "-- +goose Down\nselect 1;", Nature::Code);
    check("goose", "-- +goose Up\nselect 1;", "select 1;", Nature::Code);
    check("goose", "-- +goose Up\n-- a\nselect 1;", "-- +goose Up\nselect 1;", Nature::Cosmetic);
    check("dbmate", "-- migrate:up\n", "-- migrate:up transaction:false\n", Nature::Code);
    check("drizzle", "a;--> statement-breakpoint\nb;", "a;\nb;", Nature::Code);
    check("sqlx", "-- +goose Up\nselect 1;", "select 1;", Nature::Cosmetic);
    // A migration in Go is no SQL: `--` is no comment there.
    check("goose", "package x\n\tn-- // a\n", "package x\n\tn-- // b\n", Nature::Code);
    let nature = |before: &str, after: &str| {
        tool("goose").nature(&RepoPath::from("m/1_a.go"), before.as_bytes(), after.as_bytes())
    };
    let go = "package x\nfunc up(tx *sql.Tx) error {\n\treturn run(tx, `--a`)\n}\n";
    assert_eq!(nature(go, &go.replace("\treturn", "\n\t// why\n\treturn")), Nature::Cosmetic);
    assert_eq!(nature(go, &go.replace("--a", "--b")), Nature::Code);
}

#[test]
fn ruby_line_by_line() {
    let body =
        "class A < ActiveRecord::Migration[7.1]\n  def change\n    add_column :a, :b, \"x\"\n  end\nend\n";
    check("rails", body, &format!("# frozen_string_literal: true\n\n{body}"), Nature::Cosmetic);
    check("rails", body, &body.replace("  def", "  # why it's here\n  def"), Nature::Cosmetic);
    check("rails", body, &body.replace("change\n", "change  \n\n"), Nature::Cosmetic);
    check("rails", body, &body.replace(":b", ":c"), Nature::Code);
    check("rails", body, &body.replace("  def", "  # encoding: latin1\n  def"), Nature::Code);
    for opaque in [
        "execute <<~SQL\n  # a\nSQL\n",
        "execute <<SQL\n# a\nSQL\n",
        "execute \"\n# a\n\"\n",
        "execute %q(\n# a\n)\n",
    ] {
        check("rails", opaque, &opaque.replace("# a", "# b"), Nature::Code);
    }
}

#[test]
fn javascript_line_by_line() {
    let body = "exports.up = (knex) =>\n  knex.schema.createTable('a', (t) => t.increments());\n";
    check("knex", body, &format!("// why it's so\n{body}\n"), Nature::Cosmetic);
    check("knex", body, &body.replace("'a'", "'b'"), Nature::Code);
    check("knex", "k.raw(`\n// a\n`)", "k.raw(`\n// b\n`)", Nature::Code);
    check("knex", "/*\n// a\n*/", "/*\n// b\n*/", Nature::Cosmetic);
    check("knex", body, &body.replace("(knex)", "knex").replace('\'', "\""), Nature::Cosmetic);
}

/// Tokens that mean the same in every database.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        "[0-9]{1,4}",
        "'[a-z -/]{0,5}'".prop_filter("a quote ends it", |text| text.matches('\'').count() == 2),
        "\"[a-z -]{1,5}\"",
        "\\$[a-z]{0,2}\\$[a-z -]{0,5}\\$".prop_map(|text| {
            let tag = text[..=text[1..].find('$').expect("two") + 1].to_owned();
            format!("{}{tag}", &text[..text.len() - 1])
        }),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just(",".to_owned()),
        Just(";".to_owned()),
        Just("<=".to_owned()),
        Just("+".to_owned()),
    ]
}

fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ \t\n]{1,3}",
        Just("\r\n".to_owned()),
        "( -- [a-z '\"$;/]{0,8}\n)",
        "( /\\*[ a-z'\"$;-]{1,8}\\*/ )",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// Other gaps between the same tokens are cosmetic; one other token is code.
    #[test]
    fn gaps_do_not_count_and_tokens_do(
        tokens in proptest::collection::vec((token(), gap(), gap()), 1..12),
        changed in any::<prop::sample::Index>(),
        other in token(),
    ) {
        let tool = TOOLS.iter().find(|tool| tool.name() == "sqlx").expect("built in");
        let join = |which: fn(&(String, String, String)) -> &String| -> String {
            tokens.iter().flat_map(|each| [each.0.as_str(), which(each)]).collect()
        };
        let (before, after) = (join(|each| &each.1), join(|each| &each.2));
        let nature = tool.nature(&RepoPath::default(), before.as_bytes(), after.as_bytes());
        prop_assert!(nature <= Nature::Cosmetic, "{:?} {:?}", before, after);
        let essence = |text: &str| tool.essence(&RepoPath::default(), text.as_bytes());
        prop_assert_eq!(essence(&before), essence(&after));

        let mut tokens = tokens.clone();
        let changed = changed.index(tokens.len());
        prop_assume!(tokens[changed].0 != other);
        tokens[changed].0 = other;
        let edited: String = tokens.iter().flat_map(|each| [each.0.as_str(), each.1.as_str()]).collect();
        prop_assert_eq!(tool.nature(&RepoPath::default(), before.as_bytes(), edited.as_bytes()), Nature::Code, "{:?} {:?}", before, edited);
        prop_assert_ne!(essence(&before), essence(&edited));
    }

    /// Any bytes have an answer, and a text is never an edit of itself.
    #[test]
    fn any_bytes_have_a_nature(one in ".{0,60}", other in proptest::collection::vec(any::<u8>(), 0..60)) {
        for tool in TOOLS.iter() {
            let nature = tool.nature(&RepoPath::default(), one.as_bytes(), &other);
            let essence = |text: &[u8]| tool.essence(&RepoPath::default(), text);
            prop_assert_eq!(essence(one.as_bytes()) == essence(&other), nature != Nature::Code);
            prop_assert_eq!(tool.nature(&RepoPath::default(), &other, &other), Nature::LineEndings);
        }
    }
}

#[test]
fn python_line_by_line() {
    let body = "steps = [\n    step('create table a (b text)'),\n]\n\ndef upgrade():\n    if True:\n        a()\n    b()\n";
    check(
        "aerich",
        body,
        &format!("# why\n{}\n", body.replace("    b()", "\n    # b\n    b()")),
        Nature::Cosmetic,
    );
    // The blanks in front decide what belongs to the condition.
    check("aerich", body, &body.replace("    b()", "        b()"), Nature::Code);
    check("aerich", body, &body.replace("text", "int"), Nature::Code);
    check("aerich", "a = '''\n# a\n'''\n", "a = '''\n# b\n'''\n", Nature::Code);
    check("aerich", "\ta()\n", "\ta() \n", Nature::Code);
    check("aerich", "# -*- coding: latin-1 -*-\na()\n", "a()\n", Nature::Code);
    check("aerich", "# -*- coding: utf-8 -*-\na()\n", "a()\n", Nature::Cosmetic);
}

#[test]
fn the_ending_says_the_language() {
    let yoyo = tool("yoyo");
    let nature = |path: &str, before: &str, after: &str| {
        yoyo.nature(&RepoPath::from(path), before.as_bytes(), after.as_bytes())
    };
    assert_eq!(nature("m/1.sql", "select 1; -- a\n", "select 1;\n"), Nature::Cosmetic);
    assert_eq!(nature("m/1.py", "select 1; -- a\n", "select 1;\n"), Nature::Code);
    assert_eq!(nature("m/1.py", "# a\nstep('x')\n", "step('x')\n"), Nature::Cosmetic);
    assert_eq!(nature("m/1.sql", "# a\nselect 1;\n", "select 1;\n"), Nature::Code);
    assert!(yoyo.facts().code && tool("node-pg-migrate").facts().code && !tool("supabase").facts().code);
}

#[test]
fn other_languages_line_by_line() {
    let php = "<?php\nreturn new class extends Migration {\n    public function up(): void {\n        Schema::drop('a');\n    }\n};\n";
    check("laravel", php, &php.replace("        Schema", "        // why\n\n      Schema"), Nature::Cosmetic);
    check("laravel", php, &php.replace("'a'", "'b'"), Nature::Code);
    check("laravel", "DB::raw(<<<X\n// a\nX);", "DB::raw(<<<X\n// b\nX);", Nature::Code);
    let elixir = "defmodule A do\n  use Ecto.Migration\n  def change do\n    drop table(:a)\n  end\nend\n";
    check("ecto", elixir, &elixir.replace("  def", "  # why\n  def"), Nature::Cosmetic);
    check("ecto", "execute \"\"\"\n# a\n\"\"\"", "execute \"\"\"\n# b\n\"\"\"", Nature::Code);
    check("ecto", "execute ~s(\n# a\n)", "execute ~s(\n# b\n)", Nature::Code);
    let csharp = "public partial class A : Migration\n{\n    protected override void Up(MigrationBuilder m)\n    {\n        m.DropTable(\"a\");\n    }\n}\n";
    check("ef-core", csharp, &format!("// made by hand\n{csharp}"), Nature::Cosmetic);
    check("ef-core", "m.Sql(@\"\n// a\n\");", "m.Sql(@\"\n// b\n\");", Nature::Code);
    let rust = "impl MigrationTrait for Migration {\n    async fn up(&self) {\n        drop();\n    }\n}\n";
    check("sea-orm", rust, &format!("//! Why.\n{rust}"), Nature::Cosmetic);
    check("sea-orm", "a(r\"\n// a\n\");", "a(r\"\n// b\n\");", Nature::Code);
}
