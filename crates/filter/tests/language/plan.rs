//! What is decided without reading, and what reading needs.

use crate::common::{self, bytes, describe, program};
use weir_filter::{Collector, Known, Tri};
use weir_model::{ByteRange, Field, FieldSink, LayerInfo, Origin, SourceId, Value};

/// An index made of what dissection would give: only fields that say they are from the index or the
/// flow, and every protocol.
struct Index(u64);

struct Probe<'a> {
    want: &'static str,
    found: u32,
    visit: &'a mut dyn FnMut(Value<'_>),
}

impl FieldSink for Probe<'_> {
    fn wants(&self, _: &'static LayerInfo) -> bool {
        true
    }
    fn layer(&mut self, layer: &'static LayerInfo, _: ByteRange) {
        self.found += u32::from(layer.name == self.want);
    }
    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.field(field, value, range);
    }
    fn field(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        if field.name == self.want {
            (self.visit)(value);
        }
    }
    fn close(&mut self) {}
    fn source(&mut self, _: &'static str, _: &[u8]) -> SourceId {
        SourceId(0)
    }
    fn info(&mut self, _: std::fmt::Arguments<'_>) {}
}

impl Known for Index {
    fn layers(&self, layer: &'static LayerInfo) -> Option<u32> {
        let mut probe = Probe {
            want: layer.name,
            found: 0,
            visit: &mut |_| {},
        };
        describe(self.0, &mut probe);
        Some(probe.found)
    }
    fn values(&self, field: &'static Field, visit: &mut dyn FnMut(Value<'_>)) -> bool {
        if field.origin == Origin::Bytes {
            return false;
        }
        describe(
            self.0,
            &mut Probe {
                want: field.name,
                found: 0,
                visit,
            },
        );
        true
    }
}

const FILTERS: &[(&str, [Tri; 3])] = {
    use Tri::{No, Unknown, Yes};
    &[
        ("net", [Yes, Yes, No]),
        ("not app", [No, Yes, Yes]),
        ("frame.number == 2", [No, Yes, No]),
        ("net.src == 10.0.0.1", [Yes, No, No]),
        // Enough is known of one half of the group.
        ("net.addr == 10.0.0.1", [Yes, Unknown, No]),
        ("net.addr != 10.0.0.1", [No, Unknown, No]),
        ("net.addr", [Yes, Yes, No]),
        // No such layer, no such value.
        ("app.host contains \"www\"", [Unknown, No, No]),
        ("not app.host", [Unknown, Yes, Yes]),
        ("app.stream == 7", [Yes, No, No]),
        ("net.ttl == 64 and frame.number == 3", [No, No, No]),
        ("net.ttl == 64 or frame.number == 1", [Yes, Unknown, No]),
        ("net.ttl == 64 xor app", [Unknown, Unknown, No]),
        ("net contains \"a\"", [Unknown, Unknown, No]),
        ("count(net) == 2", [No, Yes, No]),
        ("net.src#1 == 10.0.0.1", [Yes, Unknown, No]),
        ("net#2", [Unknown, Unknown, No]),
        ("@net.src == 00", [Unknown, Unknown, No]),
        ("_weir.warn", [Unknown, Unknown, Unknown]),
        ("frame.len + frame.number == 25", [Yes, No, No]),
        ("frame[0] == 01", [Unknown, Unknown, Unknown]),
        ("all net.ttl > 1", [Unknown, Unknown, No]),
        ("net.src not in {10.0.0.1}", [No, Yes, Yes]),
    ]
};

#[test]
fn decided_without_reading() {
    for (text, expected) in FILTERS {
        let program = program(text);
        let mut scratch = Collector::new(&program);
        let found = [1, 2, 3].map(|packet| program.decide(&Index(packet), &mut scratch));
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn the_plan_never_contradicts_the_packet() {
    for (text, _) in FILTERS {
        let program = program(text);
        let mut collector = Collector::new(&program);
        for packet in 1..=3 {
            let planned = program.decide(&Index(packet), &mut collector);
            collector.start(&bytes(packet));
            describe(packet, &mut collector);
            let read = program.eval(&collector);
            assert!(
                planned == Tri::Unknown || planned == Tri::from(read),
                "{text} on {packet}"
            );
        }
    }
}

#[test]
fn only_what_is_needed_is_wanted() {
    for (text, net, app, bytes) in [
        ("app.host", false, true, false),
        ("net.addr == 1.2.3.4 and app", true, true, false),
        ("_weir.warn", true, true, false),
        ("frame contains \"x\"", false, false, true),
        ("len(app) > 3", false, true, true),
        ("@net.src == 00", true, false, true),
        ("net#2", true, false, false),
    ] {
        let program = program(text);
        let collector = Collector::new(&program);
        let found = (
            collector.wants(&common::NET),
            collector.wants(&common::APP),
            program.needs().bytes,
        );
        assert_eq!(found, (net, app, bytes), "{text}");
    }
}

#[test]
fn the_plan_in_words() {
    let text = "net.addr == 10.0.0.1 and (app.stream == 1 or not app.host contains \"x\") and frame.len > 3";
    assert_eq!(
        program(text).explain(),
        "all of\n  net.addr == 10.0.0.1: read from bytes\n  any of\n    app.stream == 1: decided by the flow record\n    \
         not\n      app.host contains \"x\": read from bytes\n  frame.len > 3: decided by the index\n\
         when a packet is read, described are: net, app, frame\n"
    );
}
