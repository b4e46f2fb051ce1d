//! The difference between two texts, line by line, short enough for a finding.

/// The first lines in which two texts differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// In the order of the texts: what goes before what comes.
    pub lines: Vec<DifferentLine>,
    /// How many more there are.
    pub more: usize,
}

/// A line that only one of the two texts has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferentLine {
    /// It is one of the new text.
    pub new: bool,
    /// Its number in its own text, from 1.
    pub number: usize,
    /// The line without its end, with what is not UTF-8 replaced.
    pub text: String,
}

/// More lines than this are counted and not kept.
const SHOWN: usize = 12;
/// A part in which more lines differ is not compared line by line: what goes is said, then what comes.
const CLOSE_LOOK: usize = 400;

impl Difference {
    /// The same in a file in which the texts begin at that line, and not at the first.
    #[must_use]
    pub fn moved(mut self, start: u32) -> Self {
        for line in &mut self.lines {
            line.number += start.saturating_sub(1) as usize;
        }
        self
    }

    /// Compares two texts by lines; line ends count.
    ///
    /// ```
    /// use migguard::model::Difference;
    /// let lines: Vec<String> = Difference::between(b"a\nb\nc\n", b"a\nx\nc\n")
    ///     .lines
    ///     .iter()
    ///     .map(|line| format!("{}{} {}", if line.new { '+' } else { '-' }, line.number, line.text))
    ///     .collect();
    /// assert_eq!(lines, ["-2 b", "+2 x"]);
    /// ```
    pub fn between(old: &[u8], new: &[u8]) -> Self {
        let (old, new) = (lines(old), lines(new));
        let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
        let rest = old.len().min(new.len()) - start;
        let end =
            old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
        let (gone, come) = (&old[start..old.len() - end], &new[start..new.len() - end]);
        let mut found = Self::default();
        if gone.len() > CLOSE_LOOK || come.len() > CLOSE_LOOK {
            found.take(false, start, gone);
            found.take(true, start, come);
        } else {
            found.closely(start, gone, come);
        }
        found
    }

    /// By the longest common subsequence of lines.
    fn closely(&mut self, start: usize, gone: &[&[u8]], come: &[&[u8]]) {
        let width = come.len() + 1;
        let mut common = vec![0_u16; (gone.len() + 1) * width];
        for one in (0..gone.len()).rev() {
            for other in (0..come.len()).rev() {
                common[one * width + other] = if gone[one] == come[other] {
                    common[(one + 1) * width + other + 1] + 1
                } else {
                    common[(one + 1) * width + other].max(common[one * width + other + 1])
                };
            }
        }
        let (mut one, mut other) = (0, 0);
        while one < gone.len() || other < come.len() {
            if one < gone.len() && other < come.len() && gone[one] == come[other] {
                one += 1;
                other += 1;
            } else if one < gone.len()
                && (other == come.len()
                    || common[(one + 1) * width + other] >= common[one * width + other + 1])
            {
                self.take(false, start + one, &gone[one..=one]);
                one += 1;
            } else {
                self.take(true, start + other, &come[other..=other]);
                other += 1;
            }
        }
    }

    fn take(&mut self, new: bool, before: usize, lines: &[&[u8]]) {
        for (at, line) in lines.iter().enumerate() {
            if self.lines.len() == SHOWN {
                self.more += 1;
                continue;
            }
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let text = String::from_utf8_lossy(line).into_owned();
            self.lines.push(DifferentLine { new, number: before + at + 1, text });
        }
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let found = Difference::between(old.as_bytes(), new.as_bytes());
        let sign = |line: &DifferentLine| if line.new { '+' } else { '-' };
        found.lines.iter().map(|line| format!("{}{} {}", sign(line), line.number, line.text)).collect()
    }

    #[test]
    fn what_is_alike_is_left_out() {
        assert_eq!(shown("a\nb\nc\n", "a\nb\nc\n"), [""; 0]);
        assert_eq!(shown("a\nb\n", "a\nb\nc\n"), ["+3 c"]);
        assert_eq!(shown("a\nb\nc\nd\n", "a\nc\nx\nd\n"), ["-2 b", "+3 x"]);
        assert_eq!(shown("a\na\n", "a\n"), ["-2 a"]);
        assert_eq!(shown("", "a"), ["+1 a"]);
    }

    #[test]
    fn the_end_of_a_line_is_part_of_it() {
        assert_eq!(shown("a", "a\n"), ["-1 a", "+1 a"]);
        assert_eq!(shown("a\r\n", "a\n"), ["-1 a\r", "+1 a"]);
    }

    #[test]
    fn a_long_difference_is_cut_and_counted() {
        let old: String = (0..1000).map(|number| format!("old {number}\n")).collect();
        let new: String = (0..30).map(|number| format!("new {number}\n")).collect();
        let found = Difference::between(old.as_bytes(), new.as_bytes());
        assert_eq!((found.lines.len(), found.more), (12, 1018));
        assert_eq!(found.lines[0].text, "old 0");
    }

    proptest! {
        /// With no more lines than are shown, the difference makes the one text into the other.
        #[test]
        fn it_leads_from_one_text_to_the_other(old in "([abc]\n){0,6}", new in "([abc]\n){0,6}") {
            let found = Difference::between(old.as_bytes(), new.as_bytes());
            prop_assert_eq!(found.more, 0);
            let kept = |text: &str, new: bool| -> Vec<String> {
                let gone: Vec<usize> =
                    found.lines.iter().filter(|line| line.new == new).map(|line| line.number).collect();
                let lines = text.split_terminator('\n').enumerate();
                lines.filter(|(at, _)| !gone.contains(&(at + 1))).map(|(_, line)| line.to_owned()).collect()
            };
            prop_assert_eq!(kept(&old, false), kept(&new, true));
            for line in &found.lines {
                let text = if line.new { &new } else { &old };
                prop_assert_eq!(text.split_terminator('\n').nth(line.number - 1), Some(&*line.text));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(old in prop::collection::vec(any::<u8>(), 0..80), new in prop::collection::vec(any::<u8>(), 0..80)) {
            Difference::between(&old, &new);
        }
    }
}
