//! SSH as an onlooker sees it: banners, the exchange of keys, then noise.

use super::MILLI;
use super::rng::Rng;
use super::tape::Tape;
use super::tcp::{Conn, Side};

fn string(bytes: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(bytes.len())
        .unwrap_or(0)
        .to_be_bytes()
        .to_vec();
    out.extend_from_slice(bytes);
    out
}

/// A packet in the clear, padded to eight bytes (RFC 4253, 6).
fn packet(rng: &mut Rng, payload: &[u8]) -> Vec<u8> {
    let mut padding = 8 - (payload.len() + 5) % 8;
    if padding < 4 {
        padding += 8;
    }
    let mut body = vec![u8::try_from(padding).unwrap_or(4)];
    body.extend_from_slice(payload);
    body.extend(rng.bytes(padding));
    string(&body)
}

fn offer(rng: &mut Rng) -> Vec<u8> {
    let lists = [
        "curve25519-sha256,ecdh-sha2-nistp256",
        "ssh-ed25519,rsa-sha2-512",
        "aes128-ctr,aes256-ctr",
        "aes128-ctr,aes256-ctr",
        "hmac-sha2-256",
        "hmac-sha2-256",
        "none",
        "none",
        "",
        "",
    ];
    let mut out = vec![20];
    out.extend(rng.bytes(16));
    for list in lists {
        out.extend(string(list.as_bytes()));
    }
    out.extend([0; 5]);
    packet(rng, &out)
}

/// Banners and keys on an open connection, then `turns` of encrypted bytes (up, down).
pub fn session(
    tape: &mut Tape,
    conn: &mut Conn,
    rng: &mut Rng,
    client: &str,
    turns: &[(usize, usize)],
) {
    conn.send(tape, Side::Server, b"SSH-2.0-OpenSSH_9.6\r\n");
    conn.send(tape, Side::Client, format!("{client}\r\n").as_bytes());
    let bytes = offer(rng);
    conn.send(tape, Side::Client, &bytes);
    let bytes = offer(rng);
    conn.send(tape, Side::Server, &bytes);
    let mut init = vec![30];
    init.extend(string(&rng.bytes(32)));
    let bytes = packet(rng, &init);
    conn.send(tape, Side::Client, &bytes);
    let mut key = string(b"ssh-ed25519");
    key.extend(string(&rng.bytes(32)));
    let mut signature = string(b"ssh-ed25519");
    signature.extend(string(&rng.bytes(64)));
    let mut reply = vec![31];
    reply.extend(string(&key));
    reply.extend(string(&rng.bytes(32)));
    reply.extend(string(&signature));
    let mut bytes = packet(rng, &reply);
    bytes.extend(packet(rng, &[21]));
    conn.send(tape, Side::Server, &bytes);
    let bytes = packet(rng, &[21]);
    conn.send(tape, Side::Client, &bytes);
    for (up, down) in turns {
        for (side, size) in [(Side::Client, up), (Side::Server, down)] {
            conn.wait(15 * MILLI);
            let bytes = rng.bytes(size.div_ceil(16) * 16 + 4);
            conn.send(tape, side, &bytes);
        }
    }
}
