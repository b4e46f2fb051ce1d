//! Who wrote what: the transactions that a database keeps with the rows of its catalogue, and what they tell of the objects there.

use std::collections::BTreeMap;

use super::ObjectId;

/// What a server keeps of the transactions that wrote its catalogue. Numbers of transactions are those of the server, counted on
/// where it begins anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The number that the next transaction will get.
    pub next: u64,
    /// What is known of each object.
    pub written: BTreeMap<ObjectId, Written>,
    /// The transactions that took columns away from a table, by schema and table. A dump does not keep them.
    pub dropped: BTreeMap<(String, String), Vec<u64>>,
    /// Object numbers that no object has, from and to, between the first and the last that one has.
    pub holes: Vec<(u32, u32)>,
}

/// What is known of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The transactions that wrote its rows last.
    pub by: Vec<u64>,
    /// The number that it got when it was made, where it has one of its own. Later objects have greater ones.
    pub number: Option<u32>,
}

impl Written {
    /// The last transaction.
    pub fn last(&self) -> Option<u64> {
        self.by.iter().copied().max()
    }
}

impl Provenance {
    /// The number of a transaction of which the server says the last 32 bits; `None` for those that it has no number for.
    pub fn transaction(&self, low: u32) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, reason = "the last 32 bits are what is compared")]
        let age = (self.next as u32).wrapping_sub(low);
        (low > 2).then(|| self.next.saturating_sub(u64::from(age)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transactions_are_counted_on_where_the_server_begins_anew() {
        let server = Provenance { next: (5 << 32) + 100, ..Provenance::default() };
        assert_eq!(server.transaction(99), Some((5 << 32) + 99));
        assert_eq!(server.transaction(4_000_000_000), Some((4 << 32) + 4_000_000_000));
        assert_eq!(server.transaction(2), None);
        assert_eq!(Provenance::default().transaction(7), Some(0));
    }
}
