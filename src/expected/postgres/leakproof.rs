//! `LEAKPROOF`, which only a superuser may say of a function. The migrations make the function without the word, and guard's own superuser
//! says it afterwards: that runs nothing of theirs.

use super::{Home, Server, cluster};
use crate::db::{DbError, PgRefusal, PgWriter};

const WORD: &str = "LEAKPROOF";

/// The statement that was refused, without the word, and the bare name of the function.
pub(super) fn without(statement: &str, refusal: &PgRefusal) -> Option<(String, String)> {
    if refusal.code != "42501" || !refusal.message.contains("leakproof function") {
        return None;
    }
    let upper = statement.to_ascii_uppercase();
    let head = &upper[..upper.find('(')?];
    let at = head.find("FUNCTION")? + "FUNCTION".len();
    let name = statement[at..head.len()].trim();
    let name = match name.strip_suffix('"') {
        Some(name) => name[name.rfind('"')? + 1..].to_owned(),
        None => name.rsplit('.').next()?.to_lowercase(),
    };
    let at = upper.match_indices(WORD).map(|(at, _)| at).find(|at| is_said(&upper, *at))?;
    let rest = format!("{}{}", &statement[..at], &statement[at + WORD.len()..]);
    // Of one that is only altered nothing is left.
    let is_empty = upper.starts_with("ALTER") && rest.trim_end_matches([';', ' ', '\n']).ends_with(')');
    Some((if is_empty { String::new() } else { rest }, name))
}

/// Whether the word is one of the statement's own: not in a text, and not of `NOT LEAKPROOF`.
fn is_said(upper: &str, at: usize) -> bool {
    let (before, after) = (&upper[..at], &upper[at + WORD.len()..]);
    let ends = |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let in_text = before.matches('\'').count() % 2 == 1 || before.matches("$$").count() % 2 == 1;
    ends(before.chars().next_back())
        && ends(after.chars().next())
        && !in_text
        && !before.trim_end().ends_with(" NOT")
}

impl Server {
    /// Says it of the functions of these names that were made last.
    pub(super) fn say_leakproof(&self, names: &[String]) -> Result<(), DbError> {
        let Home::Own(cluster) = &self.home else { return Ok(()) };
        for name in names {
            let mut admin = PgWriter::open(&cluster.dir, cluster::ADMIN, &self.database, self.deadline)?;
            let name = name.replace('\'', "''");
            let found = admin.ask(&format!(
                "SELECT pg_catalog.format('ALTER FUNCTION %s LEAKPROOF', oid::pg_catalog.regprocedure) FROM pg_catalog.pg_proc \
                 WHERE proname = '{name}' AND oid >= 16384 AND NOT proleakproof ORDER BY pg_catalog.age(xmin), oid DESC LIMIT 1"
            ))?;
            for order in found {
                admin.send(&order)?.map_err(|refusal| DbError::Failed(refusal.message))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_taken_out_where_it_is_said() {
        let refused = |statement: &str| {
            let message = "only superuser can define a leakproof function".to_owned();
            let refusal = PgRefusal { done: 0, at: None, code: "42501".to_owned(), message };
            without(statement, &refusal)
        };
        let both = |text: &str, name: &str| Some((text.to_owned(), name.to_owned()));
        let text =
            "CREATE FUNCTION app.Same(a int) RETURNS int LEAKPROOF LANGUAGE sql AS $$ SELECT 'leakproof' $$";
        assert_eq!(refused(text), both(&text.replace(" LEAKPROOF", " "), "same"));
        let text = "create or replace function \"App\".\"Same One\"() returns text as 'leakproof' leakproof";
        assert_eq!(refused(text), both(text.strip_suffix("leakproof").unwrap(), "Same One"));
        assert_eq!(refused("ALTER FUNCTION f(int) LEAKPROOF;"), both("", "f"));
        assert_eq!(
            refused("ALTER FUNCTION f(int) LEAKPROOF STRICT"),
            both("ALTER FUNCTION f(int)  STRICT", "f")
        );
        assert_eq!(refused("CREATE FUNCTION f() RETURNS int NOT LEAKPROOF AS 'x'"), None);
        assert_eq!(refused("DO 'leakproof'"), None);
    }
}
