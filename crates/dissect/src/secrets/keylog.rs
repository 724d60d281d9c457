//! Lines of NSS key logs (draft-ietf-tls-keylogfile): `LABEL random secret`, in hexadecimal.

use super::Secret;

/// Longest line that is looked at.
const LINE: usize = 1024;
/// Lines of a file that are looked at to tell whether it is a key log.
const LINES: usize = 64;

/// What a line says.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Line {
    /// A master secret, by the client's random.
    Master([u8; 32], Secret),
    /// A handshake traffic secret, the server's or not.
    Handshake([u8; 32], bool, Secret),
    /// The first traffic secret, the server's or not.
    Traffic([u8; 32], bool, Secret),
    /// A master secret, by the session id.
    Session(Box<[u8]>, Secret),
    /// A key of a known kind that is not used.
    Unused,
}

impl PartialOrd for Secret {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Secret {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl Line {
    /// The first bytes of the random that it is for.
    pub(super) fn random8(&self) -> Option<[u8; 8]> {
        match self {
            Self::Master(random, _) | Self::Handshake(random, ..) | Self::Traffic(random, ..) => {
                random.first_chunk().copied()
            }
            Self::Session(..) | Self::Unused => None,
        }
    }

    /// A line without its end; `None` for a comment and an empty one.
    ///
    /// # Errors
    /// It is no line of a key log; why.
    pub fn read(line: &[u8]) -> Result<Option<Self>, &'static str> {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            return Ok(None);
        }
        if line.len() > LINE {
            return Err("the line is too long");
        }
        let mut words = line
            .split(|b| b.is_ascii_whitespace())
            .filter(|w| !w.is_empty());
        let (Some(label), Some(name), Some(secret), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err("not a label, a name and a secret");
        };
        if label == b"RSA" {
            return rsa(name, secret).map(Some);
        }
        let known = label
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
        if !known {
            return Err("the label is none of a key log");
        }
        let random: Option<[u8; 32]> = hex(name).and_then(|b| b.try_into().ok());
        let Some(random) = random else {
            return Err("the random is not 64 hexadecimal digits");
        };
        let Some(secret) = hex(secret) else {
            return Err("the secret is not hexadecimal");
        };
        // TLS 1.3 derives with SHA-256 or SHA-384.
        let traffic = || {
            let fits = matches!(secret.len(), 32 | 48);
            let secret = Secret::new(&secret).filter(|_| fits);
            secret.ok_or("a secret of TLS 1.3 has 64 or 96 hexadecimal digits")
        };
        Ok(Some(match label {
            b"CLIENT_RANDOM" => {
                let master = Secret::new(&secret).filter(|_| secret.len() == 48);
                Self::Master(
                    random,
                    master.ok_or("a master secret has 96 hexadecimal digits")?,
                )
            }
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::Handshake(random, false, traffic()?),
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::Handshake(random, true, traffic()?),
            b"CLIENT_TRAFFIC_SECRET_0" => Self::Traffic(random, false, traffic()?),
            b"SERVER_TRAFFIC_SECRET_0" => Self::Traffic(random, true, traffic()?),
            _ => Self::Unused,
        }))
    }
}

/// `RSA Session-ID:… Master-Key:…`, as servers' key logs have it.
fn rsa(id: &[u8], secret: &[u8]) -> Result<Line, &'static str> {
    let Some(id) = id.strip_prefix(b"Session-ID:") else {
        // A premaster secret by its encrypted form.
        return Ok(Line::Unused);
    };
    let master = secret.strip_prefix(b"Master-Key:").and_then(hex);
    let master = master
        .filter(|m| m.len() == 48)
        .and_then(|m| Secret::new(&m));
    let id = hex(id).filter(|i| (1..=32).contains(&i.len()));
    match (id, master) {
        (Some(id), Some(master)) => Ok(Line::Session(id.into(), master)),
        (None, _) => Err("the session id is not hexadecimal, or longer than 32 bytes"),
        (_, None) => Err("a master secret has 96 hexadecimal digits"),
    }
}

fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() || pairs.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[a, b]| Some(digit(*a)? << 4 | digit(*b)?))
        .collect()
}

/// Do these first bytes of a file say that it is a key log?
#[must_use]
pub fn is_keylog(head: &[u8]) -> bool {
    /// What writers of key logs put in front.
    const COMMENTS: [&[u8]; 2] = [b"# SSL/TLS secrets log file", b"# TLS secrets log file"];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.split(|b| *b == b'\n')
        .take(LINES)
        .any(|line| match Line::read(line) {
            Ok(None) => COMMENTS.iter().any(|c| line.starts_with(c)),
            Ok(Some(_)) => true,
            // Nothing else has such lines, so that one of them tells, whatever stands before it.
            Err(_) => false,
        })
}
