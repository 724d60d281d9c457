//! TLS 1.2 and 1.3 conversations: whole handshakes with SNI, ALPN and a certificate, then
//! records of application data. Nothing is really encrypted; what would be is random.

use super::flow::Step;
use super::frame::Side::{self, Client, Server};
use super::rng::Rng;

fn len16(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u16).to_be_bytes()[..], body].concat()
}

fn len24(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes()[1..], body].concat()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &len16(body)].concat()
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &len24(body)].concat()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &len16(body)].concat()
}

fn client_hello(rng: &mut Rng, name: &str) -> Vec<u8> {
    let suites: &[u8] = &[
        0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9,
        0xcc, 0xa8, 0, 0x9c, 0, 0x9d,
    ];
    let sni = [&[0][..], &len16(name.as_bytes())].concat();
    let share = [&[0, 0x1d][..], &len16(&rng.bytes(32))].concat();
    let extensions = [
        extension(0, &len16(&sni)),
        extension(0x17, &[]),
        extension(0xff01, &[0]),
        extension(10, &[0, 6, 0, 0x1d, 0, 0x17, 0, 0x18]),
        extension(11, &[1, 0]),
        extension(0x23, &[]),
        extension(
            16,
            &[
                0, 12, 2, b'h', b'2', 8, b'h', b't', b't', b'p', b'/', b'1', b'.', b'1',
            ],
        ),
        extension(5, &[1, 0, 0, 0, 0]),
        extension(13, &[0, 12, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1]),
        extension(51, &len16(&share)),
        extension(45, &[1, 1]),
        extension(43, &[4, 3, 4, 3, 3]),
    ]
    .concat();
    let body = [
        &[3, 3][..],
        &rng.bytes(32),
        &[32],
        &rng.bytes(32),
        &len16(suites),
        &[1, 0],
        &len16(&extensions),
    ]
    .concat();
    let mut hello = record(22, &handshake(1, &body));
    hello[2] = 1;
    hello
}

fn server_hello(rng: &mut Rng, suite: u16, extensions: &[u8]) -> Vec<u8> {
    let body = [
        &[3, 3][..],
        &rng.bytes(32),
        &[32],
        &rng.bytes(32),
        &suite.to_be_bytes(),
        &[0],
        &len16(extensions),
    ]
    .concat();
    handshake(2, &body)
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let len = body.len() as u16;
    let mut out = vec![tag];
    match len {
        0..128 => out.push(len as u8),
        128..256 => out.extend([0x81, len as u8]),
        _ => out.extend([&[0x82][..], &len.to_be_bytes()].concat()),
    }
    out.extend(body);
    out
}

fn named(name: &str) -> Vec<u8> {
    let text = der(0x0c, &[name.as_bytes()]);
    der(
        0x30,
        &[&der(0x31, &[&der(0x30, &[&[6, 3, 0x55, 4, 3], &text])])],
    )
}

/// An X.509 v3 certificate whose key and signature are random.
fn certificate(rng: &mut Rng, name: &str) -> Vec<u8> {
    let algorithm = der(
        0x30,
        &[
            &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11],
            &[5, 0],
        ],
    );
    let rsa = der(
        0x30,
        &[
            &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1],
            &[5, 0],
        ],
    );
    let mut modulus = rng.bytes(257);
    modulus[0] = 0;
    modulus[1] |= 0x80;
    let key = der(0x30, &[&der(2, &[&modulus]), &der(2, &[&[1, 0, 1]])]);
    let info = der(0x30, &[&rsa, &der(3, &[&[0], &key])]);
    let validity = der(
        0x30,
        &[
            &der(0x17, &[b"250101000000Z"]),
            &der(0x17, &[b"280101000000Z"]),
        ],
    );
    let names = der(0x30, &[&der(0x82, &[name.as_bytes()])]);
    let alternative = der(0x30, &[&[6, 3, 0x55, 0x1d, 0x11], &der(4, &[&names])]);
    let mut serial = rng.bytes(8);
    serial[0] = serial[0] & 0x3f | 1;
    let body = der(
        0x30,
        &[
            &der(0xa0, &[&[2, 1, 2]]),
            &der(2, &[&serial]),
            &algorithm,
            &named("Bench Issuing CA"),
            &validity,
            &named(name),
            &info,
            &der(0xa3, &[&der(0x30, &[&alternative])]),
        ],
    );
    der(
        0x30,
        &[&body, &algorithm, &der(3, &[&[0], &rng.bytes(256)])],
    )
}

fn application(rng: &mut Rng, from: Side, len: usize, steps: &mut Vec<Step>) {
    let mut left = len;
    while left > 0 {
        let now = left.min(16_000);
        steps.push(Step::Send(from, record(23, &rng.bytes(now))));
        left -= now;
    }
}

/// The steps of one conversation with `name`.
pub(crate) fn steps(rng: &mut Rng, name: &str) -> Vec<Step> {
    let mut steps = vec![Step::Send(Client, client_hello(rng, name))];
    let change = record(20, &[1]);
    if rng.one_in(3) {
        let alpn = extension(
            16,
            &[0, 9, 8, b'h', b't', b't', b'p', b'/', b'1', b'.', b'1'],
        );
        let hello = server_hello(rng, 0xc02f, &[extension(0xff01, &[0]), alpn].concat());
        let chain = len24(
            &[
                len24(&certificate(rng, name)),
                len24(&certificate(rng, "Bench Issuing CA")),
            ]
            .concat(),
        );
        let exchange = [
            &[3, 0, 0x1d, 32][..],
            &rng.bytes(32),
            &[8, 4],
            &len16(&rng.bytes(256)),
        ]
        .concat();
        let flight = [
            hello,
            handshake(11, &chain),
            handshake(12, &exchange),
            handshake(14, &[]),
        ]
        .map(|h| record(22, &h))
        .concat();
        steps.push(Step::Send(Server, flight));
        let key = handshake(16, &[&[32][..], &rng.bytes(32)].concat());
        steps.push(Step::Send(
            Client,
            [record(22, &key), change.clone(), record(22, &rng.bytes(40))].concat(),
        ));
        steps.push(Step::Send(
            Server,
            [change, record(22, &rng.bytes(40))].concat(),
        ));
    } else {
        let share = [&[0, 0x1d][..], &len16(&rng.bytes(32))].concat();
        let hello = server_hello(
            rng,
            0x1301,
            &[extension(43, &[3, 4]), extension(51, &share)].concat(),
        );
        steps.push(Step::Send(
            Server,
            [
                record(22, &hello),
                change.clone(),
                record(23, &rng.bytes(1900)),
                record(23, &rng.bytes(53)),
            ]
            .concat(),
        ));
        steps.push(Step::Send(
            Client,
            [change, record(23, &rng.bytes(53))].concat(),
        ));
    }
    for _ in 0..rng.range(1, 4) {
        let (up, down) = (rng.range(80, 700) as usize, rng.range(100, 5000) as usize);
        application(rng, Client, up, &mut steps);
        application(rng, Server, down, &mut steps);
    }
    steps.push(Step::Send(
        Client,
        [&[21, 3, 3, 0, 26][..], &rng.bytes(26)].concat(),
    ));
    steps
}
