//! The protocol of MySQL and MariaDB, as far as a reader needs it: packets, rows as text, errors.
//!
//! Written out here, since it is small: a client library would be larger than all of guard's other drivers, and would open
//! sockets, choose encryption and answer a server's wish for local files in its own way. What comes from
//! the server is foreign: no length in it is believed before the bytes are there.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A connection of any kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The longest answer in one piece, in bytes. The server's own default is a fourth of it.
const LONGEST: usize = 64 << 20;

/// A packet of this length is continued by the next one.
const FULL: usize = 0x00ff_ffff;

/// Why a conversation ended.
#[derive(Debug)]
pub(super) enum WireError {
    /// The server hung up, or the network did.
    Lost,
    /// What came is nothing that such a server says.
    Foreign,
    /// The server says no.
    Said(ServerError),
}

/// An error as the server words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerError {
    pub(super) code: u16,
    pub(super) message: String,
}

impl From<io::Error> for WireError {
    fn from(_: io::Error) -> Self {
        Self::Lost
    }
}

/// A conversation in packets.
pub(super) struct Wire<'a> {
    stream: Box<dyn Stream + 'a>,
    /// What came and was not taken yet: from `at` on.
    came: Vec<u8>,
    at: usize,
    /// The number of the next packet.
    number: u8,
}

impl<'a> Wire<'a> {
    pub(super) fn new(stream: Box<dyn Stream + 'a>, number: u8) -> Self {
        Self { stream, came: Vec::with_capacity(16 << 10), at: 0, number }
    }

    /// A new question begins.
    pub(super) fn restart(&mut self) {
        self.number = 0;
    }

    /// Sends a packet, which is shorter than 16 MiB.
    pub(super) async fn send(&mut self, content: &[u8]) -> Result<(), WireError> {
        let length = u32::try_from(content.len()).ok().filter(|length| (*length as usize) < FULL);
        let length = length.ok_or(WireError::Foreign)?.to_le_bytes();
        let mut packet = Vec::with_capacity(content.len() + 4);
        packet.extend([length[0], length[1], length[2], self.number]);
        packet.extend(content);
        self.number = self.number.wrapping_add(1);
        self.stream.write_all(&packet).await?;
        self.stream.flush().await?;
        Ok(())
    }

    /// The next packet, put together where it is in several pieces.
    pub(super) async fn receive(&mut self, packet: &mut Vec<u8>) -> Result<(), WireError> {
        packet.clear();
        loop {
            self.fill(4).await?;
            let head = &self.came[self.at..self.at + 4];
            let length = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
            if head[3] != self.number || packet.len() + length > LONGEST {
                return Err(WireError::Foreign);
            }
            self.number = self.number.wrapping_add(1);
            self.at += 4;
            let mut missing = length;
            while missing > 0 {
                self.fill(1).await?;
                let piece = missing.min(self.came.len() - self.at);
                packet.extend(&self.came[self.at..self.at + piece]);
                self.at += piece;
                missing -= piece;
            }
            if length < FULL {
                return Ok(());
            }
        }
    }

    /// Waits until so many bytes are there.
    async fn fill(&mut self, count: usize) -> Result<(), WireError> {
        while self.came.len() - self.at < count {
            if self.at > 0 {
                self.came.drain(..self.at);
                self.at = 0;
            }
            if self.stream.read_buf(&mut self.came).await? == 0 {
                return Err(WireError::Lost);
            }
        }
        Ok(())
    }

    /// Whether the server has said something that nobody asked for.
    pub(super) fn has_more(&self) -> bool {
        self.at < self.came.len()
    }

    /// The number of the next packet, for whoever goes on with the connection.
    pub(super) fn number(&self) -> u8 {
        self.number
    }
}

/// Reads the parts of a packet.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(WireError::Foreign)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, WireError> {
        Ok(self.bytes(1)?[0])
    }

    pub(super) fn short(&mut self) -> Result<u16, WireError> {
        let bytes = self.bytes(2)?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    /// What stands before the next NUL, or all where there is none.
    pub(super) fn until_nul(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        let taken = &self.0[..end.unwrap_or(self.0.len())];
        self.0 = end.map_or(&[][..], |end| &self.0[end + 1..]);
        taken
    }

    /// A number of variable length.
    pub(super) fn number(&mut self) -> Result<u64, WireError> {
        let count = match self.byte()? {
            small @ 0..=0xfa => return Ok(small.into()),
            0xfc => 2,
            0xfd => 3,
            0xfe => 8,
            _ => return Err(WireError::Foreign),
        };
        let bytes = self.bytes(count)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Bytes with their length before them.
    pub(super) fn text(&mut self) -> Result<&'a [u8], WireError> {
        let length = usize::try_from(self.number()?).map_err(|_| WireError::Foreign)?;
        self.bytes(length)
    }

    /// The same, or NULL.
    pub(super) fn value(&mut self) -> Result<Option<&'a [u8]>, WireError> {
        if self.0.first() == Some(&0xfb) {
            self.0 = &self.0[1..];
            return Ok(None);
        }
        self.text().map(Some)
    }
}

/// An error that the server sends, if the packet is one.
pub(super) fn refusal(packet: &[u8]) -> Option<WireError> {
    let mut reader = Reader(packet.strip_prefix(&[0xff])?);
    let Ok(code) = reader.short() else { return Some(WireError::Foreign) };
    // `#28000` stands before the words, but not before the greeting.
    let words = if let [b'#', _, _, _, _, _, words @ ..] = reader.0 { words } else { reader.0 };
    Some(WireError::Said(ServerError { code, message: String::from_utf8_lossy(words).into_owned() }))
}

/// Whether a packet ends the list before it.
pub(super) fn is_end(packet: &[u8]) -> bool {
    packet.len() < 9 && packet.first() == Some(&0xfe)
}

/// Whether another answer follows the one that this packet ends.
pub(super) fn has_more(packet: &[u8]) -> bool {
    let mut reader = Reader(packet);
    let mut flags = || {
        if reader.byte()? == 0 {
            reader.number()?; // rows
            reader.number()?; // the number that a row has got
        } else {
            reader.short()?; // warnings
        }
        reader.short()
    };
    flags().is_ok_and(|flags| flags & 8 != 0)
}

/// What the server says of a column of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) kind: u8,
    /// Whether its values are bytes, and no text.
    pub(super) binary: bool,
}

impl Column {
    pub(super) fn read(packet: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader(packet);
        for _catalog_schema_table_origin_name_origin in 0..6 {
            reader.text()?;
        }
        // A server that sends more about a type does so only if asked, and nobody asks.
        let mut fixed = Reader(reader.text()?);
        let charset = fixed.short()?;
        fixed.bytes(4)?;
        Ok(Self { kind: fixed.byte()?, binary: charset == 63 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn received(bytes: Vec<u8>) -> Result<Vec<Vec<u8>>, WireError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut other, ours) = tokio::io::duplex(1 << 10);
            tokio::spawn(async move { other.write_all(&bytes).await });
            let mut wire = Wire::new(Box::new(ours), 0);
            let mut packets = Vec::new();
            loop {
                let mut packet = Vec::new();
                match wire.receive(&mut packet).await {
                    Ok(()) => packets.push(packet),
                    Err(WireError::Lost) => return Ok(packets),
                    Err(other) => return Err(other),
                }
            }
        })
    }

    #[test]
    fn packets_are_put_together() {
        assert_eq!(received(b"\x01\0\0\0a\0\0\0\x01".to_vec()).unwrap(), [&b"a"[..], b""]);
        assert_eq!(received(b"\x05\0\0\0half".to_vec()).unwrap(), [b""; 0], "it ends in the middle");
        let mut long = vec![0xff, 0xff, 0xff, 0];
        long.resize(FULL + 4, 7);
        long.extend(b"\x01\0\0\x01\x08");
        let packets = received(long).unwrap();
        assert_eq!((packets.len(), packets[0].len(), packets[0][FULL]), (1, FULL + 1, 8));
    }

    #[test]
    fn a_packet_out_of_turn_is_no_packet() {
        assert!(matches!(received(b"\x01\0\0\x07a".to_vec()), Err(WireError::Foreign)));
        assert!(matches!(received(b"HTTP/1.1 400 Bad Request\r\n".to_vec()), Err(WireError::Foreign)));
    }

    #[test]
    fn numbers_have_four_lengths() {
        let number = |bytes: &[u8]| Reader(bytes).number();
        assert_eq!(number(&[250]).unwrap(), 250);
        assert_eq!(number(&[0xfc, 1, 2]).unwrap(), 0x201);
        assert_eq!(number(&[0xfd, 1, 2, 3]).unwrap(), 0x3_0201);
        assert_eq!(number(&[0xfe, 1, 0, 0, 0, 0, 0, 0, 0x80]).unwrap(), 1 << 63 | 1);
        assert!(number(&[0xfc, 1]).is_err() && number(&[0xfb]).is_err() && number(&[]).is_err());
    }

    #[test]
    fn errors_have_a_code_and_words() {
        let said = |packet: &[u8]| match refusal(packet) {
            Some(WireError::Said(error)) => Some((error.code, error.message)),
            _ => None,
        };
        assert_eq!(said(b"\xff\x15\x04#28000Access denied"), Some((1045, "Access denied".into())));
        assert_eq!(said(b"\xff\x10\x04Too many connections"), Some((1040, "Too many connections".into())));
        assert_eq!(said(b"\0"), None);
        assert!(matches!(refusal(b"\xff\x15"), Some(WireError::Foreign)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = received(bytes.clone());
            let _ = Column::read(&bytes);
            let _ = refusal(&bytes);
            let _ = has_more(&bytes);
            let mut reader = Reader(&bytes);
            while !reader.0.is_empty() && reader.value().is_ok() {}
            prop_assert!(reader.0.len() <= bytes.len());
        }
    }
}
