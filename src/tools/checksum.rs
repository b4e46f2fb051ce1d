//! The closed set of checksum algorithms.

/// A checksum, in the spelling of the ledger's column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Digest {
    /// Bytes (sqlx), or hexadecimal text of them (Prisma, Drizzle).
    Bytes(Box<[u8]>),
    /// A number (Flyway, refinery).
    Number(i128),
    /// Text that is none of the above: an older or foreign format.
    Text(String),
}

impl Digest {
    /// As it is remembered.
    pub fn to_bytes(&self) -> Box<[u8]> {
        todo!()
    }
}
