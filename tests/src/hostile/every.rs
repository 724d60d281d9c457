//! Any bytes as the traffic of one protocol, whichever is asked for: what a fuzzer calls. The first bytes of each piece
//! say which side sent it, whether it is lost, and how long it is; the rest is what it says.

use super::dissect;
use weir_capture::{Container, Event, Reader, sniff};
use weir_dissect::protocols::ALL;
use weir_dissect::{Over, PacketMeta, Protocol};
use weir_filter::{Program, complete};
use weir_model::{CaptureId, PacketRef, Timestamp};
use weir_session::schema;

/// Ports of the two sides; the second one carries the protocol.
const PORTS: [u16; 2] = [40_000, 1];
/// Packets of one run at most.
const PACKETS: usize = 64;

fn meta(number: usize, len: usize, link_type: u32) -> PacketMeta {
    let start = Timestamp(1_700_000_000_000_000_000);
    let time = |n: usize| Timestamp(start.0 + n as i64 * 1_000_000);
    PacketMeta {
        packet: PacketRef {
            capture: CaptureId(0),
            number: number as u32 + 1,
        },
        time: time(number),
        untimed: false,
        record: None,
        wire_len: len as u32,
        link_type,
        interface: 0,
        first: start,
        previous: number.checked_sub(1).map(time),
    }
}

/// Ethernet and IPv4 around a transport's bytes.
fn packet(side: usize, proto: u8, transport: &[u8]) -> Vec<u8> {
    let hosts: [u8; 2] = if side == 0 { [1, 2] } else { [2, 1] };
    let mut out = vec![
        2, 0, 0, 0, 0, hosts[1], 2, 0, 0, 0, 0, hosts[0], 8, 0, 0x45, 0,
    ];
    out.extend((20 + transport.len() as u16).to_be_bytes());
    out.extend([0, 9, 0x40, 0, 64, proto, 0, 0]);
    for host in hosts {
        out.extend([10, 0, 0, host]);
    }
    out.extend(transport);
    out
}

/// What a piece says of itself: side, lost, cut, and its bytes.
struct Piece<'a> {
    side: usize,
    lost: bool,
    cut: bool,
    bytes: &'a [u8],
}

fn pieces(mut rest: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let [control, short, tail @ ..] = rest else {
            return None;
        };
        let len = usize::from(*short) << (control >> 5);
        let (bytes, after) = tail.split_at(len.min(tail.len()));
        rest = after;
        Some(Piece {
            side: usize::from(control & 1),
            lost: control & 6 == 6,
            cut: control & 24 == 24,
            bytes,
        })
    })
    .take(PACKETS)
}

/// The pieces as segments of a connection that begins with its handshake.
fn stream(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut seq = [1000u32, 2000];
    let segment = |side: usize, seq: &[u32; 2], flags: u8, payload: &[u8]| {
        let (from, to) = (PORTS[side], PORTS[1 - side]);
        let mut out = Vec::new();
        out.extend(from.to_be_bytes());
        out.extend(to.to_be_bytes());
        out.extend(seq[side].to_be_bytes());
        out.extend(seq[1 - side].to_be_bytes());
        out.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        out.extend(payload);
        packet(side, 6, &out)
    };
    let mut out = vec![segment(0, &seq, 0x02, &[])];
    seq[0] += 1;
    out.push(segment(1, &seq, 0x12, &[]));
    seq[1] += 1;
    for piece in pieces(bytes) {
        if !piece.lost {
            let mut made = segment(piece.side, &seq, 0x18, piece.bytes);
            if piece.cut {
                made.truncate(54 + piece.bytes.len() / 2);
            }
            out.push(made);
        }
        seq[piece.side] = seq[piece.side].wrapping_add(piece.bytes.len() as u32);
    }
    out.push(segment(0, &seq, 0x11, &[]));
    out.push(segment(1, &seq, 0x11, &[]));
    out
}

fn datagrams(bytes: &[u8]) -> Vec<Vec<u8>> {
    pieces(bytes)
        .filter(|p| !p.lost)
        .map(|p| {
            let (from, to) = (PORTS[p.side], PORTS[1 - p.side]);
            let mut udp = Vec::new();
            udp.extend(from.to_be_bytes());
            udp.extend(to.to_be_bytes());
            udp.extend((8 + p.bytes.len() as u16).to_be_bytes());
            udp.extend([0, 0]);
            udp.extend(p.bytes);
            packet(p.side, 17, &udp)
        })
        .collect()
}

fn run(
    packets: Vec<Vec<u8>>,
    link: u32,
    decode_as: &[(Over, &'static Protocol)],
) -> Result<(), String> {
    let packets: Vec<(PacketMeta, Vec<u8>)> = packets
        .into_iter()
        .enumerate()
        .map(|(n, bytes)| (meta(n, bytes.len(), link), bytes))
        .collect();
    dissect(&packets, 5, decode_as)
}

/// The bytes as traffic of protocol number `which` of the registry (modulo their count), over every transport it has.
///
/// # Errors
/// What [`dissect`] says.
pub fn protocol(which: usize, bytes: &[u8]) -> Result<(), String> {
    let Some(p) = ALL.get(which % ALL.len()).copied() else {
        return Ok(());
    };
    let say = |e: String| format!("{}: {e}", p.info.name);
    if p.stream.is_some() {
        run(stream(bytes), 1, &[(Over::TcpPort(PORTS[1]), p)]).map_err(say)?;
    }
    if p.datagram.is_some() {
        run(datagrams(bytes), 1, &[(Over::UdpPort(PORTS[1]), p)]).map_err(say)?;
        for over in p.over {
            let raw = || pieces(bytes).map(|piece| piece.bytes.to_vec());
            match *over {
                Over::LinkType(n) => run(raw().collect(), n, &[]),
                Over::EtherType(n) => {
                    let head = [[2u8; 12].as_slice(), &n.to_be_bytes()].concat();
                    run(raw().map(|b| [head.clone(), b].concat()).collect(), 1, &[])
                }
                Over::IpProto(n) => run(raw().map(|b| packet(0, n, &b)).collect(), 1, &[]),
                _ => Ok(()),
            }
            .map_err(say)?;
        }
    }
    Ok(())
}

/// The bytes as a capture: read whole and in pieces, its packets dissected.
///
/// # Errors
/// What of it differs.
pub fn file(bytes: &[u8]) -> Result<(), String> {
    if super::read(bytes, || bytes.len()) != super::read(bytes, || 7) {
        return Err("read in pieces of 7 bytes it says something else".into());
    }
    let Ok(Container::Plain(format)) = sniff(bytes) else {
        return Ok(());
    };
    let mut reader = Reader::new(format);
    let (mut rest, mut packets) = (bytes, Vec::new());
    while packets.len() < PACKETS {
        match reader.next(&mut rest) {
            Event::NeedMore | Event::End | Event::Stopped(_) => break,
            Event::Info(_) => {}
            Event::Packet(raw) => {
                let mut meta = meta(packets.len(), raw.bytes.len(), u32::from(raw.link_type));
                (meta.record, meta.wire_len) = (raw.record, raw.wire_len);
                packets.push((meta, raw.bytes.to_vec()));
            }
        }
    }
    dissect(&packets, 5, &[])
}

/// The text as a filter: compiled, explained and completed at every place.
pub fn filter(text: &str) {
    if let Ok(program) = Program::new(text, schema()) {
        let _ = program.explain();
    }
    for at in (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .take(64)
    {
        let _ = complete(schema(), text, at);
    }
}

/// What each side says where segments are made of places alone.
const TALK: [&[u8]; 2] = [
    b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\nabcdefghijklmnopqrstuvwx",
];

/// Segments of one connection in the order, with the overlaps, holes, wraps and ends that the bytes say: four bytes each,
/// of flags, place, length and what is wrong.
///
/// # Errors
/// What [`dissect`] says.
pub fn segments(bytes: &[u8]) -> Result<(), String> {
    let mut packets = Vec::new();
    // Close to the wrap of sequence numbers on one side.
    let base = [u32::MAX - 40, 5];
    for record in bytes.chunks_exact(4).take(4 * PACKETS) {
        let &[flags, place, len, wrong] = record else {
            continue;
        };
        let side = usize::from(flags >> 7);
        let talk = TALK[side];
        let payload: Vec<u8> = (0..usize::from(len & 0x3f))
            .map(|n| talk[(usize::from(place) + n) % talk.len()] ^ (wrong & 1))
            .collect();
        let far = if wrong & 0xc0 == 0xc0 { 1 << 30 } else { 0 };
        let seq = base[side].wrapping_add(u32::from(place)).wrapping_add(far);
        let (from, to) = (PORTS[side], PORTS[1 - side]);
        let mut tcp = Vec::new();
        tcp.extend(from.to_be_bytes());
        tcp.extend(to.to_be_bytes());
        tcp.extend(seq.to_be_bytes());
        tcp.extend(base[1 - side].wrapping_add(u32::from(wrong)).to_be_bytes());
        tcp.extend([0x50, flags & 0x3f, wrong, 0xff, 0, 0, 0, 0]);
        tcp.extend(payload);
        packets.push(packet(side, 6, &tcp));
    }
    run(packets, 1, &[])
}
