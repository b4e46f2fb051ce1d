//! What the server refuses to a role that is no superuser, and what can be done about it: mostly nothing has to be, since owners, rights
//! and settings of the session are not what a migration is judged by.

use crate::db::PgRefusal;

/// `app` of `role "app" does not exist`: the live server has it, and a server of guard's own does not.
pub(super) fn absent_role(refusal: &PgRefusal) -> Option<&str> {
    if refusal.code != "42704" {
        return None;
    }
    refusal.message.strip_prefix("role \"")?.strip_suffix("\" does not exist")
}

/// `app` of `must be member of role "app"` and, since version 16, of `must be able to SET ROLE "app"`.
pub(super) fn foreign_role(refusal: &PgRefusal) -> Option<&str> {
    let beginnings =
        ["must be member of role \"", "must be able to SET ROLE \"", "permission denied to set role \""];
    let rest = beginnings.into_iter().find_map(|beginning| refusal.message.strip_prefix(beginning))?;
    rest.strip_suffix('"')
}

/// What is done in place of a statement that the migrator has no right to, and a superuser has; an empty text for leaving it
/// out. Owners and rights are not compared, and settings end with the script.
pub(super) fn without_rights(statement: &str, refusal: &PgRefusal) -> Option<String> {
    if refusal.code != "42501" {
        return None;
    }
    let upper = statement.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().take(4).collect();
    match words[..] {
        ["GRANT" | "REVOKE" | "SET" | "RESET", ..]
        | ["ALTER", "DEFAULT", "PRIVILEGES", ..]
        | ["COMMENT", "ON", "EXTENSION", ..] => Some(String::new()),
        ["ALTER", ..]
            if upper
                .split_whitespace()
                .collect::<Vec<_>>()
                .windows(2)
                .any(|pair| pair == ["OWNER", "TO"]) =>
        {
            Some(String::new())
        }
        // Those of the constraints are a superuser's to switch.
        ["ALTER", "TABLE", ..] => {
            let at = upper.find("TRIGGER ALL")?;
            Some(format!("{}TRIGGER USER{}", &statement[..at], &statement[at + "TRIGGER ALL".len()..]))
        }
        _ => None,
    }
}

/// Whether a statement makes roles, or is about what they may do: on a server of others neither is the migrations'.
pub(super) fn is_about_roles(statement: &str, refusal: &PgRefusal) -> bool {
    let upper = statement.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().take(3).collect();
    let refused = refusal.code == "42501" || absent_role(refusal).is_some();
    let about = match words[..] {
        ["CREATE" | "ALTER" | "DROP", "ROLE" | "USER" | "GROUP", third] => third != "MAPPING",
        ["GRANT" | "REVOKE" | "REASSIGN", ..] | ["ALTER", "DEFAULT", "PRIVILEGES"] | ["DROP", "OWNED", _] => {
            true
        }
        ["ALTER", ..] => upper.contains(" OWNER TO "),
        _ => false,
    };
    refused && about
}
