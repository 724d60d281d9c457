//! What is planted, one file per group of rows. Every row writes its packets, its part of the key and
//! what must be answered; which desk of the plan bears which row stands in [`desk`].

pub mod ftp;
pub mod hidden;
pub mod hostile;
pub mod http;
pub mod identity;
pub mod later;
mod lookalikes;
pub mod names;
pub mod partial;
pub mod proxy;
pub mod refused;
pub mod sources;
pub mod times;

use super::body::{self, FileKey};
use super::key::{Expect, Indicator};
use super::world::{Node, Planted, World};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::{Conn, Side};
use crate::packets::{MILLI, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// Desk of the plan for each row. Two rows share a desk only where they concern different files.
pub mod desk {
    /// Rows 1 and 36a.
    pub const CHUNKED: usize = 0;
    /// Row 2.
    pub const DISGUISED: usize = 1;
    /// Rows 3 and 4.
    pub const RESUMED: usize = 2;
    /// Rows 5 and 12.
    pub const REDIRECTED: usize = 3;
    /// Rows 6 and 11.
    pub const POSTED: usize = 4;
    /// Rows 7 and 36b.
    pub const PROXIED: usize = 5;
    /// Row 8.
    pub const TUNNELLED: usize = 6;
    /// Rows 9 and 10a.
    pub const SIX: usize = 7;
    /// Rows 16 and 10b.
    pub const TWICE: usize = 8;
    /// Rows 36c and 10c.
    pub const QUERIED: usize = 9;
    /// Row 13.
    pub const SENDER: usize = 10;
    /// Row 14.
    pub const TWO_FILES: usize = 11;
    /// Row 15.
    pub const FTPS: usize = 12;
    /// Rows 17 and 33.
    pub const OTHER_SOURCE: usize = 13;
    /// Rows 18 and 32b.
    pub const TRAINEE: usize = 14;
    /// Rows 19a and 19b.
    pub const REFUSED: usize = 15;
    /// Rows 19c and 19d.
    pub const REFUSED_TOO: usize = 16;
    /// Rows 20 and 21.
    pub const HAS_IT: usize = 17;
    /// Rows 22 and 23.
    pub const LOSSY: usize = 18;
    /// Row 24a.
    pub const TLS_NAMED: usize = 19;
    /// Row 24b.
    pub const TLS_UNNAMED: usize = 20;
    /// Row 25.
    pub const CUT: usize = 21;
    /// Row 26.
    pub const JOINED: usize = 22;
    /// Rows 27 and 29.
    pub const SPANNING: usize = 23;
    /// Row 28.
    pub const CACHED: usize = 24;
    /// Row 30.
    pub const CURIOUS: usize = 25;
    /// Row 31.
    pub const SUFFIXED: usize = 26;
    /// Rows 34, 32a and 40b.
    pub const SUBDOMAIN: usize = 27;
    /// Row 35.
    pub const LOOKALIKES: usize = 28;
    /// Row 37.
    pub const NEAR_NAMES: usize = 29;
    /// Row 38.
    pub const MENTIONS: usize = 30;
    /// Row 39a.
    pub const TOO_EARLY: usize = 31;
    /// Rows 39b and 39c.
    pub const EDGES: usize = 32;
    /// Row 41, the machine that fetched.
    pub const FIRST_OWNER: usize = 33;
    /// Row 41, the machine that has the address later.
    pub const SECOND_OWNER: usize = 34;
    /// Row 42.
    pub const NAT: usize = 35;
    /// Rows 43 and 40a.
    pub const MIRRORED: usize = 36;
    /// Row 46.
    pub const HOSTILE: usize = 37;
    /// Row 44: named in the scope, never on the wire.
    pub const SILENT: usize = 38;
}

/// The rows of the embedded sample.
pub const SAMPLE: [u16; 16] = [0, 1, 2, 3, 10, 13, 17, 18, 19, 20, 24, 30, 32, 37, 39, 100];

/// The files of the case and the three indicators.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The domain.
    pub domain: Indicator,
    /// The first file's name.
    pub tool: Indicator,
    /// The second file's name.
    pub miner: Indicator,
    /// First file.
    pub tool_body: Vec<u8>,
    /// What the same URL gives 20 hours later.
    pub tool_next: Vec<u8>,
    /// Second file.
    pub miner_body: Vec<u8>,
    /// What the training server calls by the first file's name.
    pub training_body: Vec<u8>,
}

impl Cast {
    /// The cast of a seed.
    #[must_use]
    pub fn new(w: &World) -> Self {
        let mut rng = Rng::new(w.seed, "cast");
        let [domain, tool, miner] = w.indicators();
        let mut make = |lo: usize, hi: usize| {
            let size = if w.small {
                rng.size(2_200, 3_000)
            } else {
                rng.size(lo, hi)
            };
            body::program(&mut rng, size)
        };
        Self {
            domain,
            tool,
            miner,
            tool_body: make(18_000, 32_000),
            tool_next: make(18_000, 32_000),
            miner_body: make(24_000, 48_000),
            training_body: make(4_000, 9_000),
        }
    }

    /// Key of the first file, whole, under its own name.
    #[must_use]
    pub fn tool_key(&self) -> FileKey {
        FileKey::whole(&self.tool.value, &self.tool_body)
    }

    /// Key of the second.
    #[must_use]
    pub fn miner_key(&self) -> FileKey {
        FileKey::whole(&self.miner.value, &self.miner_body)
    }
}

/// Writes one row.
type Write = fn(&mut World, &Cast);
/// Writes the wanted rows of a group.
type Group = fn(&mut World, &Cast, &dyn Fn(u16) -> bool);

/// Writes every wanted row.
pub fn all(w: &mut World, want: &dyn Fn(u16) -> bool) {
    let cast = Cast::new(w);
    let groups: [Group; 12] = [
        http::rows,
        sources::rows,
        partial::rows,
        proxy::rows,
        ftp::rows,
        refused::rows,
        hidden::rows,
        names::rows,
        times::rows,
        identity::rows,
        hostile::rows,
        later::rows,
    ];
    for group in groups {
        group(w, &cast, want);
    }
}

/// A response that carries a program.
#[must_use]
pub fn program_response(extra: &[&str], body: &[u8]) -> Vec<u8> {
    web::response("200 OK", "application/octet-stream", extra, body)
}

/// One request and its answer on an open connection.
pub fn exchange(w: &mut World, conn: &mut Conn, request: &[u8], response: &[u8]) {
    conn.send(&mut w.tape, Side::Client, request);
    conn.wait(3 * MILLI);
    conn.send(&mut w.tape, Side::Server, response);
}

/// A look-up, a connection to port 80 and one exchange, closed in order. Gives the time after it.
pub fn visit(
    w: &mut World,
    p: &mut Planted,
    at: Nanos,
    node: &Node,
    to: (&str, Ipv4Addr),
    request: &[u8],
    response: &[u8],
) -> Nanos {
    let looked = w.resolve(at, node, to.0, IpAddr::V4(to.1));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, node, to.1, 80);
    conn.open(&mut w.tape);
    exchange(w, &mut conn, request, response);
    conn.wait(SECOND / 5).close(&mut w.tape, Side::Client);
    p.take(&conn);
    conn.now
}

/// The plain expectation of a delivery: rung, file, packets, scope and window.
#[must_use]
pub fn delivered(p: &Planted, indicator: &Indicator, file: &FileKey) -> Expect {
    let mut expect = Expect::of(&p.plant.host, indicator)
        .rung("delivered")
        .file(file)
        .within()
        .window(true);
    expect.in_scope = Some(true);
    expect
}

/// Records a delivery: its file, its expectation, and that the domain delivered.
pub fn deliver(p: &mut Planted, indicator: &Indicator, file: &FileKey, exported: bool) {
    let expect = delivered(p, indicator, file);
    p.plant.expects.push(expect);
    p.plant.files.push(file.clone());
    p.came(&file.name, &file.sha256);
    if exported {
        p.plant.exported.push(file.sha256.clone());
    }
    p.domain("delivered");
}
