//! Atlas: one running SHA-256 over all files of a directory, so that the sum of a file covers those before it.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The sum of each file, as `atlas.sum` and the ledger have it; `None` for one that says `atlas:sum ignore`, of which only
/// the name counts. In the tool's order. ariga/atlas, sql/migrate/dir.go: `NewHashFile`.
pub(in super::super) fn sums<'f>(
    files: impl IntoIterator<Item = (&'f [u8], &'f [u8])>,
) -> Vec<Option<String>> {
    let mut running = Sha256::new();
    let mut sums = Vec::new();
    for (name, text) in files {
        running.update(name);
        if is_ignored(text) {
            sums.push(None);
            continue;
        }
        running.update(text);
        sums.push(Some(base64(&running.clone().finalize())));
    }
    sums
}

/// The first line of `atlas.sum`, without `h1:`: over the names and sums of the files.
pub(in super::super) fn total<'l>(lines: impl IntoIterator<Item = (&'l str, &'l str)>) -> String {
    let mut hash = Sha256::new();
    for (name, sum) in lines {
        hash.update(name.as_bytes());
        hash.update(sum.as_bytes());
    }
    base64(&hash.finalize())
}

fn is_ignored(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_prefix(b"--").or_else(|| line.strip_prefix(b"#")).unwrap_or_default();
    line.trim_ascii().strip_prefix(b"atlas:sum").is_some_and(|rest| rest.trim_ascii() == b"ignore")
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let mut group = [0; 4];
        group[1..=part.len()].copy_from_slice(part);
        let number = u32::from_be_bytes(group);
        for at in 0..4 {
            let digit = number >> (18 - 6 * at) & 63;
            let letter = if at <= part.len() { char::from(DIGITS[digit as usize]) } else { '=' };
            let _ = text.write_char(letter); // writing to a String cannot fail
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE t (id INT);\n";
    const SECOND: &str = "-- atlas:txmode none\n\nCREATE TABLE u (id INT);\nCREATE TABLE u (id INT);\nCREATE TABLE w (id INT);\n";

    fn of(files: &[(&str, &str)]) -> (Vec<String>, String) {
        let files: Vec<(&[u8], &[u8])> =
            files.iter().map(|(name, text)| (name.as_bytes(), text.as_bytes())).collect();
        let sums: Vec<String> = sums(files.iter().copied()).into_iter().flatten().collect();
        let names = files.iter().map(|(name, _)| std::str::from_utf8(name).unwrap());
        let total = total(names.zip(sums.iter().map(String::as_str)));
        (sums, total)
    }

    #[test]
    fn the_sums_of_atlas() {
        let one = of(&[("1.sql", FIRST)]);
        assert_eq!(
            one,
            (
                vec!["397xTNSGaRUMOc/ai5Ci1ywy/0RAVm6Sty//kNpZVUo=".to_owned()],
                "SJw1w+hMP4ZVJZ8CuvEU17gnJFBRKtGC+RBeYGigYg4=".to_owned()
            )
        );
        let (sums, total) = of(&[("20240101000000_init.sql", FIRST), ("20240102000000_more.sql", SECOND)]);
        assert_eq!(sums[0], "CEkIm30cAxQoSXPoR7lJr81PdNIPLTuwMfgMSiAfiHw=");
        assert_eq!(sums[1], "XGclq2rmkYmilSyMAVU6w61dom104gTQNSV9fBRZBiA=");
        assert_eq!(total, "GCa9c54ywwVBJurvNcLxh4KpjnwodB4qxNT4NsBVtNU=");
        let (ignored, _) = of(&[("1.sql", "-- atlas:sum ignore\nselect 1;\n"), ("2.sql", FIRST)]);
        assert_eq!(ignored.len(), 1);
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
