//! A made-up schema with every kind of field, and packets described by hand.
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_filter::{Collector, Declared, FilterError, Name, Program, Schema, Table};
use weir_model::{
    ByteRange, Duration, Field, FieldSink, Kind, LayerInfo, Mac, Origin, SourceId, Timestamp, Value,
};

const fn layer(name: &'static str, title: &'static str) -> LayerInfo {
    LayerInfo {
        name,
        title,
        column: "",
    }
}

pub(crate) static FRAME: LayerInfo = layer("frame", "Frame");
pub(crate) static NET: LayerInfo = layer("net", "Network");
pub(crate) static APP: LayerInfo = layer("app", "Application");
pub(crate) static APP_DATA: LayerInfo = layer("app-data", "Application data");

pub(crate) static NUMBER: Field =
    Field::new("frame.number", Kind::Packet, "Number").origin(Origin::Index);
pub(crate) static LEN: Field =
    Field::new("frame.len", Kind::Uint(32), "Length").origin(Origin::Index);
pub(crate) static TIME: Field = Field::new("frame.time", Kind::Time, "Time").origin(Origin::Index);
pub(crate) static DELTA: Field =
    Field::new("frame.delta", Kind::Duration, "Delta").origin(Origin::Index);
pub(crate) static SRC: Field = Field::new("net.src", Kind::Ipv4, "Source")
    .part_of(&["net.addr"])
    .origin(Origin::Index);
pub(crate) static DST: Field =
    Field::new("net.dst", Kind::Ipv4, "Destination").part_of(&["net.addr"]);
pub(crate) static SRC6: Field = Field::new("net.src6", Kind::Ipv6, "Source");
pub(crate) static TTL: Field =
    Field::new("net.ttl", Kind::Uint(8), "Time to live").spec("RFC 791 §3.1");
pub(crate) static PROTO: Field = Field::new("net.proto", Kind::Uint(8), "Protocol").values(&[
    (6, "TCP"),
    (17, "UDP"),
    (1, "APP"),
]);
pub(crate) static DF: Field = Field::new("net.df", Kind::Bool, "Don't fragment");
pub(crate) static WORDY: Field =
    Field::new("net.ok", Kind::Bool, "Good").values(&[(1, "Good"), (0, "Not good")]);
pub(crate) static HW: Field = Field::new("net.hw", Kind::Mac, "Hardware address");
pub(crate) static HOST: Field = Field::new("app.host", Kind::Text, "Host");
pub(crate) static BODY: Field = Field::new("app.body", Kind::Bytes, "Body");
pub(crate) static SCORE: Field = Field::new("app.score", Kind::Float, "Score");
pub(crate) static SHIFT: Field = Field::new("app.shift", Kind::Int(16), "Shift");
pub(crate) static LABEL: Field = Field::new("app.label", Kind::None, "Label");
pub(crate) static STREAM: Field =
    Field::new("app.stream", Kind::Uint(32), "Stream").origin(Origin::Flow);
pub(crate) static TYPE: Field =
    Field::new("app.type", Kind::Uint(8), "Type").values(&[(1, "Discover"), (2, "Long offer")]);
pub(crate) static WARN: Field = Field::new("_weir.warn", Kind::Text, "Anomaly");

pub(crate) fn schema() -> Table {
    let mut table = Table::new();
    table.add_protocol(&FRAME, [&NUMBER, &LEN, &TIME, &DELTA]);
    table.add_protocol(&NET, [&SRC, &DST, &SRC6, &TTL, &PROTO, &DF, &WORDY, &HW]);
    table.add_protocol(&APP, [&HOST, &BODY, &SCORE, &SHIFT, &LABEL, &STREAM, &TYPE]);
    table.add_protocol(&APP_DATA, []);
    table.add_anywhere([&WARN]);
    table
}

pub(crate) fn range(start: u32, end: u32) -> ByteRange {
    ByteRange {
        source: SourceId(0),
        start,
        end,
    }
}

fn v4(text: &str) -> Value<'static> {
    Value::Ipv4(text.parse::<Ipv4Addr>().unwrap())
}

/// 1: an application packet in one network layer.
/// 2: a network layer in another, without application; something is odd.
/// 3: neither.
pub(crate) fn describe(packet: u64, sink: &mut dyn FieldSink) {
    if sink.wants(&FRAME) {
        sink.layer(&FRAME, range(0, 24));
        sink.field(&NUMBER, Value::Uint(packet), ByteRange::GENERATED);
        sink.field(&LEN, Value::Uint(packet * 20 + 4), ByteRange::GENERATED);
        // 2026-03-04 12:00:00 UTC and half a second more for each packet after the first.
        let time = Timestamp(1_772_625_600_000_000_000 + (packet as i64 - 1) * 500_000_000);
        sink.field(&TIME, Value::Time(time), ByteRange::GENERATED);
        sink.field(
            &DELTA,
            Value::Duration(Duration(packet as i64 * 1_500_000_000)),
            ByteRange::GENERATED,
        );
        sink.close();
    }
    let net = |sink: &mut dyn FieldSink, src: &str, dst: &str, ttl: u64, at: u32| {
        if !sink.wants(&NET) {
            return;
        }
        sink.layer(&NET, range(at, at + 8));
        sink.extent(range(at, 22));
        sink.open(&SRC, v4(src), range(at, at + 4));
        sink.field(
            &HW,
            Value::Mac(Mac([2, 0xc, 0x29, 0x44, 0x55, 0x66])),
            range(at, at + 6),
        );
        sink.close();
        sink.field(&DST, v4(dst), range(at + 4, at + 8));
        sink.field(&TTL, Value::Uint(ttl), range(at, at + 1));
        sink.field(&PROTO, Value::Uint(17), range(at, at + 1));
        sink.field(&DF, Value::Bool(packet == 1), range(at, at + 1));
        sink.field(&WORDY, Value::Bool(packet == 1), range(at, at + 1));
        if at == 0 {
            sink.field(
                &SRC6,
                Value::Ipv6("fe80::1".parse::<Ipv6Addr>().unwrap()),
                range(at, at + 4),
            );
        }
        sink.close();
    };
    match packet {
        1 => {
            net(sink, "10.0.0.1", "192.168.1.2", 64, 0);
            if sink.wants(&APP) {
                sink.layer(&APP, range(8, 16));
                sink.field(&HOST, Value::Text("www.Example.com"), range(8, 11));
                sink.field(&BODY, Value::Bytes(b"GET /\xff\x00"), range(9, 13));
                sink.field(&SCORE, Value::Float(2.5), ByteRange::GENERATED);
                sink.field(&SHIFT, Value::Int(-5), ByteRange::GENERATED);
                sink.field(&LABEL, Value::None, ByteRange::GENERATED);
                sink.field(&STREAM, Value::Uint(7), ByteRange::GENERATED);
                sink.field(&TYPE, Value::Uint(1), ByteRange::GENERATED);
                sink.field(&TYPE, Value::Uint(2), ByteRange::GENERATED);
                sink.close();
            }
        }
        2 => {
            net(sink, "192.168.1.2", "1.2.3.4", 1, 0);
            net(sink, "1.2.3.4", "192.168.1.2", 64, 8);
            sink.field(&WARN, Value::Text("odd"), ByteRange::GENERATED);
        }
        _ => {}
    }
}

/// The bytes of packet `n`: its number, then the alphabet.
pub(crate) fn bytes(packet: u64) -> Vec<u8> {
    let mut out = vec![packet as u8];
    out.extend(b"abcdefghijklmnopqrstu\0\0");
    out
}

pub(crate) fn program(text: &str) -> Program {
    Program::new(text, &schema()).unwrap_or_else(|e| panic!("{}", e.render(text)))
}

/// The packets of 1, 2, 3 that match.
pub(crate) fn matches(text: &str) -> Vec<u64> {
    let program = program(text);
    let mut collector = Collector::new(&program);
    (1..=3)
        .filter(|packet| {
            collector.start(&bytes(*packet));
            describe(*packet, &mut collector);
            program.eval(&collector)
        })
        .collect()
}

pub(crate) fn error(text: &str) -> FilterError {
    match Program::new(text, &schema()) {
        Err(error) => error,
        Ok(_) => panic!("{text} was accepted"),
    }
}

/// Knows every name, whatever it is: to try the syntax alone.
pub(crate) struct Anything;

impl Schema for Anything {
    fn fields(&self, _: &str) -> Vec<Declared> {
        vec![Declared::anywhere(&HOST)]
    }
    fn protocol(&self, _: &str) -> Option<&'static LayerInfo> {
        None
    }
    fn names(&self, _: &str, _: &mut dyn FnMut(Name<'_>)) {}
}
