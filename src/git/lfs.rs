//! What Git LFS leaves in the object store: a pointer in place of the content, which lies elsewhere.
//!
//! The format is that of `docs/spec.md` in git-lfs: lines of key and value, `version` first, under 1,024 bytes.

/// A pointer is shorter than this.
const MAX_BYTES: usize = 1024;
/// How it begins; the second is the name that git-lfs had before its first release.
const BEGINNINGS: [&[u8]; 2] = [b"version https://git-lfs", b"version https://hawser"];

/// A pointer to content that is not in the object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LfsPointer {
    /// The SHA-256 of the content; `None` where an extension of LFS has changed the content before it was hashed.
    pub sha256: Option<[u8; 32]>,
    /// The length of the content, in bytes.
    pub size: u64,
}

impl LfsPointer {
    /// Reads a blob; `None` where it is none.
    pub fn read(blob: &[u8]) -> Option<Self> {
        if blob.len() >= MAX_BYTES || !BEGINNINGS.iter().any(|beginning| blob.starts_with(beginning)) {
            return None;
        }
        let (mut sha256, mut size, mut extended) = (None, None, false);
        for line in std::str::from_utf8(blob).ok()?.split_terminator('\n') {
            match line.split_once(' ')? {
                ("oid", value) => sha256 = Some(bytes_of_hex(value.strip_prefix("sha256:")?)?),
                ("size", value) => size = Some(value.parse().ok()?),
                (key, _) => extended |= key.starts_with("ext-"),
            }
        }
        let sha256 = sha256?;
        Some(Self { sha256: (!extended).then_some(sha256), size: size? })
    }
}

fn bytes_of_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

    fn pointer(more: &str) -> String {
        format!("version https://git-lfs.github.com/spec/v1\n{more}oid sha256:{HEX}\nsize 11\n")
    }

    #[test]
    fn a_pointer_is_recognised() {
        let read = LfsPointer::read(pointer("").as_bytes()).unwrap();
        assert_eq!((read.size, read.sha256.map(|sum| sum[0])), (11, Some(0xb9)));
        let hawser = pointer("").replace("git-lfs.github.com", "hawser.github.com");
        assert_eq!(LfsPointer::read(hawser.as_bytes()), Some(read));
    }

    #[test]
    fn what_only_begins_like_one_is_none() {
        let whole = pointer("");
        for text in [
            "",
            "version https://git-lfs.github.com/spec/v1\n",
            &whole.replace("size 11", "size many"),
            &whole.replace("size 11\n", ""),
            &whole.replace(HEX, &HEX[1..]),
            &whole.replace("sha256", "md5"),
            &format!("{whole}{}", "x 1\n".repeat(300)),
            &format!("-- {whole}"),
        ] {
            assert_eq!(LfsPointer::read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_an_extension_made_of_the_content_was_hashed() {
        let extended = pointer(&format!("ext-0-fold sha256:{HEX}\n"));
        assert_eq!(LfsPointer::read(extended.as_bytes()), Some(LfsPointer { sha256: None, size: 11 }));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(rest in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = LfsPointer::read(&[BEGINNINGS[0], &rest].concat());
            let _ = LfsPointer::read(&rest);
        }
    }
}
