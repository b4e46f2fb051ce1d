//! Annotations: what a name or a function is said to be. They change nothing of what runs.

use super::{Line, Token};

/// Words that stand in front of a colon and are no variable.
const BLOCKS: [&str; 3] = ["else", "finally", "try"];

/// Takes the annotations out of a function's head, and out of an assignment outside all blocks. In a class they may be
/// fields.
pub(super) fn remove(line: &mut Line<'_>) {
    let tokens = &mut line.tokens;
    match &tokens[..] {
        [Token::Word("def"), ..] => of_function(tokens, 1),
        [Token::Word("async"), Token::Word("def"), ..] => of_function(tokens, 2),
        [Token::Word(name), Token::Sign(':'), ..] if line.indent == 0 && !BLOCKS.contains(name) => {
            if let Some(equals) = super::top_level(tokens, '=') {
                tokens.drain(1..equals);
            }
        }
        _ => {}
    }
}

fn of_function(tokens: &mut Vec<Token<'_>>, name: usize) {
    // A colon of its own.
    if tokens.contains(&Token::Word("lambda")) || tokens.get(name + 1) != Some(&Token::Sign('(')) {
        return;
    }
    let mut depth = 0_usize;
    let (mut in_annotation, mut in_default) = (false, false);
    let mut kept = Vec::with_capacity(tokens.len());
    let mut end = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (token, depth) {
            (Token::Sign(','), 1) => (in_annotation, in_default) = (false, false),
            (Token::Sign('='), 1) => (in_annotation, in_default) = (false, true),
            (Token::Sign(':'), 1) => in_annotation |= !in_default,
            (Token::Sign(')'), 0) => {
                kept.push(*token);
                end = Some(at + 1);
                break;
            }
            _ => {}
        }
        if !in_annotation {
            kept.push(*token);
        }
    }
    // Between the arrow and the colon nothing else can stand.
    let Some(rest) = end.map(|end| &tokens[end..]) else { return };
    let Some(colon) = super::top_level(rest, ':') else { return };
    if colon > 0 && !rest.starts_with(&[Token::Sign('-'), Token::Sign('>')]) {
        return;
    }
    kept.extend(&rest[colon..]);
    *tokens = kept;
}
