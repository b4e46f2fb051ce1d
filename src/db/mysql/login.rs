//! Greeting, login and passwords.
//!
//! A password leaves guard in the clear only where nobody can listen: over a socket, or encrypted. The passwords of
//! `mysql_clear_password`, which any server may ask for, only to a server that has proven who it is.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::wire::{Reader, Wire, WireError, refusal};

/// What guard asks of a server, and what a server can do.
mod can {
    pub(super) const LONG_PASSWORD: u32 = 1;
    pub(super) const LONG_FLAG: u32 = 1 << 2;
    pub(super) const DATABASE: u32 = 1 << 3;
    pub(super) const PROTOCOL_41: u32 = 1 << 9;
    pub(super) const SSL: u32 = 1 << 11;
    pub(super) const TRANSACTIONS: u32 = 1 << 13;
    pub(super) const SECURE: u32 = 1 << 15;
    pub(super) const MULTI_RESULTS: u32 = 1 << 17;
    pub(super) const PLUGINS: u32 = 1 << 19;
    pub(super) const ATTRIBUTES: u32 = 1 << 20;
    pub(super) const LONG_ANSWERS: u32 = 1 << 21;
}

/// `utf8mb4_general_ci`, which all servers since 5.5 know.
const CHARSET: u8 = 45;

/// How far the other side of a connection can be trusted with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Anybody may listen.
    Open,
    /// Nobody can listen, but the other side may be anybody.
    Encrypted,
    /// The right server, and nobody else: a socket of this machine, a certificate that was checked.
    Proven,
}

/// What a server says first.
#[derive(Debug)]
pub(super) struct Greeting {
    pub(super) version: String,
    abilities: u32,
    salt: Vec<u8>,
    method: String,
}

/// Who wants in.
pub(super) struct Credentials<'a> {
    pub(super) user: &'a str,
    pub(super) password: Option<&'a str>,
    pub(super) database: &'a str,
}

/// Why there was no login.
#[derive(Debug)]
pub(super) enum LoginError {
    Wire(WireError),
    /// It wants a password, and none is known.
    NoPassword,
    /// It wants the password itself, and somebody could listen.
    WouldBeHeard(&'static str),
    /// It wants the password itself, and it may be anybody.
    NotProven,
    /// A way of proving who one is that guard does not know.
    Method(String),
}

impl From<WireError> for LoginError {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

impl Greeting {
    /// Waits for it.
    pub(super) async fn receive(wire: &mut Wire<'_>) -> Result<Self, WireError> {
        let mut packet = Vec::new();
        wire.receive(&mut packet).await?;
        match refusal(&packet) {
            Some(error) => Err(error),
            None => Self::read(&packet),
        }
    }

    fn read(packet: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader(packet);
        if reader.byte()? != 10 {
            return Err(WireError::Foreign);
        }
        let version = String::from_utf8_lossy(reader.until_nul()).into_owned();
        reader.bytes(4)?;
        let mut salt = reader.bytes(8)?.to_vec();
        reader.bytes(1)?;
        let mut abilities = u32::from(reader.short()?);
        let mut method = String::new();
        if !reader.0.is_empty() {
            reader.bytes(3)?;
            abilities |= u32::from(reader.short()?) << 16;
            let length = usize::from(reader.byte()?);
            reader.bytes(10)?;
            if abilities & can::SECURE != 0 {
                let rest = reader.bytes(length.saturating_sub(8).max(13).min(reader.0.len()))?;
                salt.extend(rest.strip_suffix(&[0]).unwrap_or(rest));
            }
            if abilities & can::PLUGINS != 0 {
                method = String::from_utf8_lossy(reader.until_nul()).into_owned();
            }
        }
        if abilities & can::PROTOCOL_41 == 0 || abilities & can::SECURE == 0 {
            return Err(WireError::Foreign);
        }
        Ok(Self { version, abilities, salt, method })
    }

    pub(super) fn offers_encryption(&self) -> bool {
        self.abilities & can::SSL != 0
    }

    fn wanted(&self) -> u32 {
        let always = can::LONG_PASSWORD
            | can::LONG_FLAG
            | can::DATABASE
            | can::PROTOCOL_41
            | can::TRANSACTIONS
            | can::SECURE;
        always | (can::MULTI_RESULTS | can::PLUGINS | can::ATTRIBUTES | can::LONG_ANSWERS) & self.abilities
    }

    /// What begins every answer; alone it asks for encryption.
    fn head(&self, encrypted: bool) -> Vec<u8> {
        let abilities = self.wanted() | if encrypted { can::SSL } else { 0 };
        let mut head = abilities.to_le_bytes().to_vec();
        head.extend((1_u32 << 24).to_le_bytes());
        head.push(CHARSET);
        head.extend([0; 23]);
        head
    }

    pub(super) async fn ask_for_encryption(&self, wire: &mut Wire<'_>) -> Result<(), WireError> {
        wire.send(&self.head(true)).await
    }

    /// Logs in.
    pub(super) async fn answer(
        &self,
        wire: &mut Wire<'_>,
        who: &Credentials<'_>,
        channel: Channel,
        encrypted: bool,
    ) -> Result<(), LoginError> {
        let method = match self.method.as_str() {
            known @ (NATIVE | CACHING) => known,
            // The server says then what it wants for this user.
            _ => NATIVE,
        };
        let proof = prove(method, who, &self.salt, channel)?;
        let mut packet = self.head(encrypted);
        for text in [who.user.as_bytes(), b"\0"] {
            packet.extend(text);
        }
        packet.push(u8::try_from(proof.len()).unwrap_or(0));
        packet.extend(&proof);
        packet.extend(who.database.as_bytes());
        packet.push(0);
        if self.abilities & can::PLUGINS != 0 {
            packet.extend(method.as_bytes());
            packet.push(0);
        }
        if self.abilities & can::ATTRIBUTES != 0 {
            // Who looks at the server's list of connections shall see who this is.
            let attributes = b"\x0cprogram_name\x05guard";
            packet.push(u8::try_from(attributes.len()).unwrap_or(0));
            packet.extend(attributes);
        }
        wire.send(&packet).await?;
        converse(wire, who, method, channel).await
    }
}

const NATIVE: &str = "mysql_native_password";
const CACHING: &str = "caching_sha2_password";
const SHA256: &str = "sha256_password";
const CLEAR: &str = "mysql_clear_password";

/// Answers until the server is content.
async fn converse(
    wire: &mut Wire<'_>,
    who: &Credentials<'_>,
    method: &str,
    channel: Channel,
) -> Result<(), LoginError> {
    let mut method = method.to_owned();
    let mut packet = Vec::new();
    // More turns than any login has: a server that goes on asking is none.
    for _ in 0..8 {
        wire.receive(&mut packet).await?;
        if let Some(error) = refusal(&packet) {
            return Err(match (error, who.password) {
                (WireError::Said(said), None)
                    if said.code == 1045 && said.message.contains("password: NO") =>
                {
                    LoginError::NoPassword
                }
                (error, _) => error.into(),
            });
        }
        match packet.split_first() {
            Some((0, _)) => return Ok(()),
            // The way of servers before 4.1.
            Some((0xfe, [])) => return Err(LoginError::Method("mysql_old_password".to_owned())),
            Some((0xfe, rest)) => {
                let mut reader = Reader(rest);
                method = String::from_utf8_lossy(reader.until_nul()).into_owned();
                let salt = reader.0.strip_suffix(&[0]).unwrap_or(reader.0);
                wire.send(&prove(&method, who, salt, channel)?).await?;
            }
            Some((1, more)) => match (method.as_str(), more) {
                // It remembers the password, and goes on.
                (CACHING, [3]) => {}
                (CACHING, [4]) => wire.send(&in_the_clear(CACHING, who, channel)?).await?,
                _ => return Err(WireError::Foreign.into()),
            },
            _ => return Err(WireError::Foreign.into()),
        }
    }
    Err(WireError::Foreign.into())
}

/// What a method sends to prove the password.
fn prove(method: &str, who: &Credentials<'_>, salt: &[u8], channel: Channel) -> Result<Vec<u8>, LoginError> {
    let password = who.password.unwrap_or_default().as_bytes();
    match method {
        NATIVE | CACHING if password.is_empty() => Ok(Vec::new()),
        NATIVE => Ok(native(password, salt)),
        CACHING => Ok(caching(password, salt)),
        SHA256 => in_the_clear(SHA256, who, channel),
        CLEAR if channel == Channel::Proven => in_the_clear(CLEAR, who, channel),
        CLEAR => Err(LoginError::NotProven),
        other => Err(LoginError::Method(other.to_owned())),
    }
}

/// The password itself.
fn in_the_clear(
    method: &'static str,
    who: &Credentials<'_>,
    channel: Channel,
) -> Result<Vec<u8>, LoginError> {
    let password = who.password.ok_or(LoginError::NoPassword)?;
    if channel == Channel::Open {
        return Err(LoginError::WouldBeHeard(method));
    }
    Ok([password.as_bytes(), b"\0"].concat())
}

/// `SHA1(password) xor SHA1(salt + SHA1(SHA1(password)))`.
fn native(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = Sha1::digest(password);
    let salted = Sha1::new().chain_update(salt).chain_update(Sha1::digest(once)).finalize();
    once.iter().zip(salted).map(|(one, other)| one ^ other).collect()
}

/// `SHA256(password) xor SHA256(SHA256(SHA256(password)) + salt)`: the salt comes last, unlike in [`native`].
fn caching(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = Sha256::digest(password);
    let salted = Sha256::new().chain_update(Sha256::digest(once)).chain_update(salt).finalize();
    once.iter().zip(salted).map(|(one, other)| one ^ other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a server keeps must be found again in what is sent, as the server finds it.
    #[test]
    fn what_is_sent_proves_the_password_to_who_knows_only_its_double_hash() {
        let salt: Vec<u8> = (1..=20).collect();
        let kept = Sha1::digest(Sha1::digest(b"hunter2"));
        let mask = Sha1::new().chain_update(&salt).chain_update(kept).finalize();
        let once: Vec<u8> =
            native(b"hunter2", &salt).iter().zip(mask).map(|(one, other)| one ^ other).collect();
        assert_eq!(Sha1::digest(&once), kept);
        let kept = Sha256::digest(Sha256::digest(b"hunter2"));
        let mask = Sha256::new().chain_update(kept).chain_update(&salt).finalize();
        let once: Vec<u8> =
            caching(b"hunter2", &salt).iter().zip(mask).map(|(one, other)| one ^ other).collect();
        assert_eq!(Sha256::digest(&once), kept);
    }

    #[test]
    fn the_password_itself_is_not_sent_where_somebody_could_listen() {
        let who = Credentials { user: "app", password: Some("hunter2"), database: "db" };
        let sent = |method: &str, channel| prove(method, &who, b"salt", channel);
        assert!(matches!(sent(SHA256, Channel::Open), Err(LoginError::WouldBeHeard(_))));
        assert!(matches!(sent(CLEAR, Channel::Open), Err(LoginError::NotProven)));
        assert!(matches!(sent(CLEAR, Channel::Encrypted), Err(LoginError::NotProven)));
        assert!(matches!(sent("dialog", Channel::Proven), Err(LoginError::Method(_))));
        assert_eq!(sent(CLEAR, Channel::Proven).unwrap(), b"hunter2\0");
        assert_eq!(sent(SHA256, Channel::Encrypted).unwrap(), b"hunter2\0");
        for method in [NATIVE, CACHING] {
            let proof = sent(method, Channel::Open).unwrap();
            assert!(!proof.windows(7).any(|window| window == b"hunter2"), "{method}");
        }
    }

    proptest! {
        #[test]
        fn any_greeting_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            let _ = Greeting::read(&[&[10][..], &bytes].concat());
        }
    }
}
