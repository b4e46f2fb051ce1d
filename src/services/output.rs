//! What a command says, bounded: the first and the last 32 KiB of it, whatever it writes.

use std::collections::VecDeque;

/// So much of the beginning is kept, and so much of the end.
const KEPT: usize = 32 * 1024;

/// The first and the last bytes of a stream.
#[derive(Debug, Default)]
pub(super) struct Kept {
    first: Vec<u8>,
    last: VecDeque<u8>,
    dropped: usize,
}

impl Kept {
    /// Takes what came.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let room = KEPT - self.first.len();
        let (first, rest) = bytes.split_at(bytes.len().min(room));
        self.first.extend_from_slice(first);
        self.last.extend(&rest[rest.len().saturating_sub(KEPT)..]);
        self.dropped += rest.len().saturating_sub(KEPT);
        let over = self.last.len().saturating_sub(KEPT);
        self.last.drain(..over);
        self.dropped += over;
    }

    /// As text for people: no escape sequences, no control characters, and a line where something was left out.
    pub(super) fn text(&self) -> String {
        let mut bytes = self.first.clone();
        if self.dropped > 0 {
            bytes.extend_from_slice(format!("\n... {} bytes left out ...\n", self.dropped).as_bytes());
        }
        bytes.extend(&self.last);
        plain(&String::from_utf8_lossy(&bytes))
    }
}

/// Without what a terminal would obey. Of a line that was written over by carriage returns the last state stays.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => skip_sequence(&mut letters),
            '\r' if letters.peek().is_some_and(|next| *next != '\n') => {
                plain.truncate(plain.rfind('\n').map_or(0, |newline| newline + 1));
            }
            '\n' | '\t' => plain.push(letter),
            letter if letter.is_control() => {}
            letter => plain.push(letter),
        }
    }
    plain.trim_end().to_owned()
}

/// Passes over what follows ESC: a control sequence, a string up to its end, or one letter.
fn skip_sequence(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match letters.next() {
        Some('[') => while letters.next().is_some_and(|letter| !matches!(letter, '@'..='~')) {},
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while let Some(letter) = letters.next() {
                let ends = letter == '\u{7}' || letter == '\u{1b}' && letters.next_if_eq(&'\\').is_some();
                if ends {
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: &[u8], chunk: usize) -> String {
        let mut kept = Kept::default();
        bytes.chunks(chunk.max(1)).for_each(|chunk| kept.take(chunk));
        kept.text()
    }

    #[test]
    fn what_is_short_is_kept_whole() {
        assert_eq!(kept(b"one\ntwo\n", 3), "one\ntwo");
        assert_eq!(kept(b"", 1), "");
    }

    #[test]
    fn of_much_the_ends_are_kept() {
        let long = [b"begin".to_vec(), vec![b'x'; 1_000_000], b"end".to_vec()].concat();
        for chunk in [1_000, 65_536, 2_000_000] {
            let text = kept(&long, chunk);
            assert!(text.starts_with("beginx") && text.ends_with("xend"), "{chunk}");
            assert!(text.contains(&format!("... {} bytes left out ...", long.len() - 2 * KEPT)), "{chunk}");
            assert!(text.len() < 2 * KEPT + 100);
        }
    }

    #[test]
    fn a_terminal_is_told_nothing() {
        assert_eq!(kept(b"\x1b[31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;u\x1b\\y\x1bc\x08z", 2), "red xyz");
        assert_eq!(kept(b"10 %\r20 %\r100 %\r\nnext\r\n", 4), "100 %\nnext");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_long_or_unprintable(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), chunk in 1_usize..50) {
            let text = kept(&bytes, chunk);
            proptest::prop_assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t'));
        }
    }
}
