//! What both sides of a remote desktop tell in its basic settings exchange ([MS-RDPBCGR] sections 2.2.1.3 and 2.2.1.4):
//! the client's name, and where nothing else encrypts, the server's certificates. Knows nothing of what carries them.

use super::{PROTOCOL_RDP, Session};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::protocols::tls::Certificate;
use crate::wide;
use weir_model::{LimitKind, Timestamp};

row! {
    /// A certificate that a server showed inside RDP, not inside TLS.
    pub struct ServerCertificate of PROTOCOL_RDP {
        position: u32 = "Which of its chain, from 1: those that sign stand first",
        fingerprint: Box<str> = "SHA-256 of it",
        subject: Box<str> = "Whose it is",
        issuer: Box<str> = "Who says so",
        not_valid_before: Timestamp = "Valid from",
        not_valid_after: Timestamp = "Valid until",
    }
    |c| format!("{} by {}", c.subject, c.issuer)
}

/// Certificates kept of one chain; terminal servers send two to four.
const CERTIFICATES: usize = 16;

static MANY_CERTIFICATES: LimitKind = LimitKind {
    id: "rdp.certificates",
    says: "a remote desktop sent more certificates than are listed",
    bound: CERTIFICATES as u64,
    unit: "certificates",
};

/// Bytes of a name, as UTF-16.
const NAME: usize = 32;

/// What the body of a block of settings tells beyond its fields.
pub(super) fn read(ctx: &mut Ctx<'_>, session: Option<u32>, kind: u64, body: Data<'_>) {
    match kind {
        0xc001 => client(ctx, session, body),
        0x0c02 => server(ctx, session, body),
        _ => {}
    }
}

fn little16(data: Data<'_>, at: usize) -> Option<u16> {
    data.array::<2>(at).map(u16::from_le_bytes)
}

fn little32(data: Data<'_>, at: usize) -> Option<u32> {
    data.array::<4>(at).map(u32::from_le_bytes)
}

fn client(ctx: &mut Ctx<'_>, session: Option<u32>, core: Data<'_>) {
    // Version, desktop, colours, keyboard and build stand before the name.
    let name = wide::text(core.sub(20, 20 + NAME).bytes);
    let desktop = (little16(core, 4), little16(core, 6));
    ctx.update::<Session>(session, |s| {
        s.client_name = name.as_str().into();
        (s.desktop_width, s.desktop_height) = desktop;
    });
}

fn server(ctx: &mut Ctx<'_>, session: Option<u32>, security: Data<'_>) {
    let method = match little32(security, 0) {
        Some(0) => "none",
        Some(1) => "40bit",
        Some(2) => "128bit",
        Some(8) => "56bit",
        Some(0x10) => "FIPS",
        _ => "",
    };
    let level = match little32(security, 4) {
        Some(0) => "None",
        Some(1) => "Low",
        Some(2) => "Client compatible",
        Some(3) => "High",
        Some(4) => "FIPS",
        _ => "",
    };
    // Without encryption neither a random nor a certificate follows.
    let random = little32(security, 8).and_then(|n| usize::try_from(n).ok());
    let blob = random.and_then(|n| n.checked_add(16));
    let blob = blob.map_or(security.rest(security.len()), |at| security.rest(at));
    let (kind, count) = certificates(ctx, blob);
    ctx.update::<Session>(session, |s| {
        s.encryption_method = method;
        s.encryption_level = level;
        s.cert_type = kind;
        s.cert_count = count;
    });
}

/// A certificate of its own kind, or a chain of X.509 (section 2.2.1.4.3.1): which, and how many.
fn certificates(ctx: &mut Ctx<'_>, blob: Data<'_>) -> (&'static str, Option<u32>) {
    match little32(blob, 0).map(|v| v & 0x7fff_ffff) {
        Some(1) => return ("RSA", Some(1)),
        Some(2) => {}
        _ => return ("", None),
    }
    let count = little32(blob, 4).unwrap_or(0);
    let mut at = 8;
    for n in 1..=count {
        let len = little32(blob, at).and_then(|n| usize::try_from(n).ok());
        let Some(end) = len
            .and_then(|n| n.checked_add(at + 4))
            .filter(|e| *e <= blob.len())
        else {
            break;
        };
        if n as usize > CERTIFICATES {
            ctx.limit(&MANY_CERTIFICATES);
            break;
        }
        if let Some(c) = Certificate::read(blob.sub(at + 4, end).bytes) {
            let meta = ctx.whole_message();
            ctx.emit(ServerCertificate {
                meta,
                position: n,
                fingerprint: hexadecimal(&c.sha256).into(),
                subject: c.subject,
                issuer: c.issuer,
                not_valid_before: c.not_before,
                not_valid_after: c.not_after,
            });
        }
        at = end;
    }
    ("X.509", Some(count))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for b in bytes {
        let _ = write!(out, "{b:02x}");
    }
    out
}
