//! What filters match, in tables: the semantics of the language.

use crate::common::{self, matches, schema};
use weir_filter::{Join, Program, join, test_of};
use weir_model::{Field, Kind, Mac, Timestamp, Value};

fn table(rows: &[(&str, &[u64])]) {
    for (text, expected) in rows {
        assert_eq!(matches(text), *expected, "{text}");
    }
}

#[test]
fn existence() {
    table(&[
        ("frame", &[1, 2, 3]),
        ("net", &[1, 2]),
        ("app", &[1]),
        ("app-data", &[]),
        ("net.src", &[1, 2]),
        ("app.label", &[1]),
        ("_weir.warn", &[2]),
        ("frame[0]", &[1, 2, 3]),
        ("frame[100:2]", &[]),
        ("not net", &[3]),
        ("! app && net", &[2]),
        ("not not app", &[1]),
        ("app or frame.number == 3", &[1, 3]),
        ("net xor app", &[2]),
        ("net ^^ frame ^^ app", &[1, 3]),
        ("app || net and frame.number == 2", &[1, 2]),
        ("(app || net) and frame.number == 2", &[2]),
    ]);
}

#[test]
fn any_and_all() {
    table(&[
        ("net.addr == 192.168.1.2", &[1, 2]),
        ("net.addr != 192.168.1.2", &[]),
        ("net.addr != 10.0.0.1", &[2]),
        ("!(net.addr == 10.0.0.1)", &[2, 3]),
        ("net.addr !== 10.0.0.1", &[1, 2]),
        ("net.addr ~= 10.0.0.1", &[1, 2]),
        ("net.addr any_ne 10.0.0.1", &[1, 2]),
        ("net.ttl === 64", &[1]),
        ("net.ttl all_eq 64", &[1]),
        ("net.ttl any_eq 64", &[1, 2]),
        ("net.ttl all_ne 64", &[]),
        ("net.ttl ne 1", &[1]),
        ("any net.ttl > 1", &[1, 2]),
        ("all net.ttl > 1", &[1]),
        ("any net.ttl != 64", &[2]),
        ("all net.ttl != 64", &[]),
        ("all net.ttl in {1, 64}", &[1, 2]),
        ("all net.ttl in {1}", &[]),
        ("net.ttl not in {64}", &[3]),
        ("any net.ttl not in {2}", &[1, 2, 3]),
        // Pairs: any for ==, none for !=.
        ("net.src == net.dst", &[2]),
        ("net.src != net.dst", &[1]),
        ("any net.src != net.dst", &[1, 2]),
        ("net.src === net.dst", &[]),
        // A missing field is neither equal nor different.
        ("app.type != 9", &[1]),
        ("app.type == net.ttl", &[]),
        ("app.type != net.ttl", &[1]),
    ]);
}

#[test]
fn layers() {
    table(&[
        ("net.src#1 == 192.168.1.2", &[2]),
        ("net.src#2 == 1.2.3.4", &[2]),
        ("net.src#[1-2] == 1.2.3.4", &[2]),
        ("net.src#[-1] == 1.2.3.4", &[2]),
        ("net.src#[-1] == 10.0.0.1", &[1]),
        ("net.src#[2:]", &[2]),
        ("net.src#[1,2] == 10.0.0.1", &[1]),
        ("net.addr#2", &[2]),
        ("net#2", &[2]),
        ("net#1", &[1, 2]),
        ("net.hw#2", &[2]),
        ("net.src#3", &[]),
        ("not net.src#2 == 1.2.3.4", &[1, 3]),
        ("count(net.src#2) == 1", &[2]),
    ]);
}

#[test]
fn numbers_and_words() {
    table(&[
        ("net.ttl == 0x40", &[1, 2]),
        ("net.ttl == 0100", &[1, 2]),
        ("net.ttl == 0b1000000", &[1, 2]),
        ("net.ttl == '@'", &[1, 2]),
        ("net.ttl == '\\x40'", &[1, 2]),
        ("64 == net.ttl", &[1, 2]),
        ("2 > net.ttl", &[2]),
        ("0 < net.ttl < 64", &[2]),
        ("net.ttl > -1", &[1, 2]),
        ("net.proto == UDP", &[1, 2]),
        ("net.proto == udp", &[1, 2]),
        ("net.proto == \"udp\"", &[1, 2]),
        // A word of the field although it is a protocol too.
        ("net.proto == app", &[]),
        ("net.proto in {TCP, UDP}", &[1, 2]),
        ("app.type == \"Long offer\"", &[1]),
        ("app.shift == -5", &[1]),
        ("app.shift < 0", &[1]),
        ("app.shift in {-6..-4}", &[1]),
        ("-app.shift == 5", &[1]),
        ("app.score == 2.5", &[1]),
        ("app.score > 2", &[1]),
        ("app.score in {2.4 .. 2.6}", &[1]),
        ("net.df == True", &[1]),
        ("net.df == true", &[1]),
        ("net.df == 1", &[1]),
        ("net.df == Set", &[1]),
        ("net.df == \"Not set\"", &[2]),
        ("net.ok == Good", &[1]),
        ("net.ok == \"not good\"", &[2]),
        ("net.df > 0", &[1]),
        ("net.df == net.ok", &[1, 2]),
        ("frame.number in {1, 3..9}", &[1, 3]),
        ("frame.number in {3..1}", &[]),
        ("frame.number in {1 .. frame.len}", &[1, 2, 3]),
    ]);
}

#[test]
fn addresses() {
    table(&[
        ("net.addr == 10.0.0.0/8", &[1]),
        ("net.addr == 0.0.0.0/0", &[1, 2]),
        ("net.addr != 10.0.0.0/8", &[2]),
        ("net.src in {10.0.0.0/8, 1.2.3.4}", &[1, 2]),
        ("net.src in {1.0.0.0 .. 10.255.255.255}", &[1, 2]),
        ("net.src > 10.0.0.0/8", &[2]),
        ("net.src >= 10.0.0.0/8", &[1, 2]),
        ("net.src & 255.0.0.0 == 10.0.0.0", &[1]),
        ("net.src[0] == 0a", &[1]),
        ("net.src[0:2] == c0:a8", &[2]),
        ("net.src6 == fe80::/10", &[1, 2]),
        ("net.src6 == ::1", &[]),
        ("net.src6[-1] == 01", &[1, 2]),
        ("net.hw == 02:0c:29:44:55:66", &[1, 2]),
        ("net.hw == 02-0c-29-44-55-66", &[1, 2]),
        ("net.hw == 020c.2944.5566", &[1, 2]),
        ("net.hw[0:3] == 02:0c:29", &[1, 2]),
        ("net.hw[0] & 0x0f == 2", &[1, 2]),
        ("net.hw[0] & 01", &[]),
        ("net.hw contains 29:44", &[1, 2]),
        ("net.hw > 01:00:00:00:00:00", &[1, 2]),
    ]);
}

#[test]
fn text_and_bytes() {
    table(&[
        ("app.host == \"www.Example.com\"", &[1]),
        ("app.host == \"www.example.com\"", &[]),
        ("app.host == www.Example.com", &[1]),
        ("app.host > \"www\"", &[1]),
        ("app.host[0:3] == \"www\"", &[1]),
        ("app.host[0:3] == 77:77:77", &[1]),
        ("app.host contains \"Exam\"", &[1]),
        ("app.host contains \"\"", &[]),
        ("app.host matches \"EXAMPLE\\\\.com$\"", &[1]),
        ("app.host matches r\"example\\.com$\"", &[1]),
        ("app.host ~ \"(?-i)example\"", &[]),
        ("app.host matches \"\"", &[1]),
        ("lower(app.host) == \"www.example.com\"", &[1]),
        ("upper(app.host) contains \"EXAMPLE\"", &[1]),
        ("len(lower(app.host)) == 15", &[1]),
        ("app.host == \"www.\\x45xample\\056com\"", &[1]),
        ("app.host contains '.'", &[1]),
        ("app.body == 47:45:54:20:2f:ff:00", &[1]),
        ("app.body contains \"GET\"", &[1]),
        ("app.body contains ff:00", &[1]),
        ("app.body contains 0xff", &[1]),
        ("app.body[-1] == 00", &[1]),
        ("app.body[-2:] == ff:00", &[1]),
        ("app.body[0:2,4] == \"GE/\"", &[1]),
        ("app.body[1-2] == \"ET\"", &[1]),
        ("app.body[:3] == \"GET\"", &[1]),
        ("app.body[-7--5] == \"GET\"", &[1]),
        ("app.body[0:3][1] == \"E\"", &[1]),
        // A range that reaches outside ends the slice.
        ("app.body[0:2,50:2] == \"GE\"", &[1]),
        ("app.body[6:2] == 00", &[]),
        ("app.body[6:2] != 00", &[1]),
        ("app.body matches \"\\xff\"", &[1]),
        ("app.body matches \"\\\\xff\\\\x00\"", &[1]),
        ("app.body[0:4] & ff:00:00:00 == 47:00:00:00", &[1]),
        ("app.body[0:4] & ff", &[]),
        ("_weir.warn == odd", &[2]),
    ]);
}

#[test]
fn packet_bytes() {
    table(&[
        ("frame[0] == 01", &[1]),
        ("frame[1:3] == \"abc\"", &[1, 2, 3]),
        ("frame contains \"tu\"", &[1, 2, 3]),
        ("len(frame) == 24", &[1, 2, 3]),
        // A protocol is its header when it is compared, and goes on to the end of what it carries when searched.
        ("len(app) == 8", &[1]),
        ("app[0:2] == \"hi\"", &[1]),
        ("app[8:2] == \"pq\"", &[]),
        ("app contains \"tu\"", &[1]),
        ("app contains \"fgh\"", &[]),
        ("net contains \"tu\"", &[1, 2]),
        ("net contains 00", &[]),
        ("net matches \"tu$\"", &[1, 2]),
        ("net#2 contains \"ab\"", &[]),
        ("@app.host == \"hij\"", &[1]),
        ("@net.src == \"hijk\"", &[2]),
        ("@app.shift == 00", &[]),
        ("app.host != @app.host", &[1]),
    ]);
}

#[test]
fn times() {
    table(&[
        ("frame.time == \"2026-03-04 12:00:00\"", &[1]),
        ("frame.time > \"2026-03-04 12:00:00\"", &[2, 3]),
        ("frame.time == \"2026-03-04T13:00:00.5+01:00\"", &[2]),
        ("frame.time < 2026-03-04T12:00:01", &[1, 2]),
        (
            "frame.time in {\"2026-03-04 12:00:00.4\" .. \"2026-03-04 12:00:00.6\"}",
            &[2],
        ),
        (
            "frame.time - frame.delta == \"2026-03-04 11:59:58.5\"",
            &[1],
        ),
        ("frame.time - 0.5 == \"2026-03-04 12:00:00\"", &[2]),
        ("frame.delta == 1.5", &[1]),
        ("frame.delta > 3", &[3]),
        ("frame.delta > -1", &[1, 2, 3]),
        ("abs(frame.delta - 3) < 1.6", &[1, 2, 3]),
    ]);
}

#[test]
fn arithmetic_and_functions() {
    table(&[
        ("frame.len - 4 == 20", &[1]),
        ("frame.len -4 == 20", &[1]),
        ("frame.len == {20 + 4}", &[1]),
        ("frame.len == 4 + 5 * 4", &[1]),
        ("{frame.len + 6} * 2 == 60", &[1]),
        ("frame.len / 10 == 4", &[2]),
        ("frame.len % 3 == 0", &[1]),
        ("frame.len / 0 == 1", &[]),
        ("frame.len / 0 != 1", &[]),
        ("frame.number & 1", &[1, 3]),
        ("frame.number & 2 + 1", &[1, 2, 3]),
        ("frame.number & 2 == 2", &[2, 3]),
        ("2 & frame.number", &[2, 3]),
        ("net.ttl + net.ttl == 65", &[2]),
        ("net.ttl + 200 == 264", &[1, 2]),
        ("net.ttl in {{32 + 32}, 5}", &[1, 2]),
        ("count(net.src) == 2", &[2]),
        ("count(net.addr) == 2", &[1]),
        ("count(net) == 2", &[2]),
        ("count(net.src) == 0", &[]),
        ("count(app.type) in {2}", &[1]),
        ("len(app.host) == 15", &[1]),
        ("len(net.src) == 4", &[1, 2]),
        ("len(net.ttl) == 1", &[1, 2]),
        ("max(net.ttl) == 64", &[1, 2]),
        ("min(net.ttl) == 1", &[2]),
        ("max(net.ttl, frame.len) == 84", &[]),
        ("max(frame.len, 30) == 30", &[1]),
        ("max(net.src) == 192.168.1.2", &[2]),
        ("abs(app.shift) == 5", &[1]),
        ("abs(frame.len - 44) == 20", &[1, 3]),
        ("string(net.ttl) matches \"^6\"", &[1, 2]),
        ("string(net.src) contains \"10.\"", &[1]),
        ("string(net.hw) == \"02:0c:29:44:55:66\"", &[1, 2]),
        ("string(frame.delta) contains \"1.5\"", &[1]),
        ("string(net.df) == \"True\"", &[1]),
        ("string(frame.number + 1) == \"2\"", &[1]),
    ]);
}

#[test]
fn filters_from_values() {
    let values: [(&Field, Value<'_>); 12] = [
        (&common::HOST, Value::Text("www.Example.com")),
        (&common::BODY, Value::Bytes(b"GET /\xff\x00")),
        (&common::SCORE, Value::Float(2.5)),
        (&common::SHIFT, Value::Int(-5)),
        (&common::LABEL, Value::None),
        (&common::TYPE, Value::Uint(2)),
        (&common::SRC, Value::Ipv4("10.0.0.1".parse().unwrap())),
        (
            &common::HW,
            Value::Mac(Mac([2, 0xc, 0x29, 0x44, 0x55, 0x66])),
        ),
        (&common::SRC6, Value::Ipv6("fe80::1".parse().unwrap())),
        (&common::DF, Value::Bool(true)),
        (
            &common::DELTA,
            Value::Duration(weir_model::Duration(1_500_000_000)),
        ),
        (
            &common::TIME,
            Value::Time(Timestamp(1_772_625_600_000_000_000)),
        ),
    ];
    for (field, value) in values {
        let text = test_of(field, value);
        assert_eq!(matches(&text).first(), Some(&1), "{text}");
        assert!(
            Program::new(&join("app", &text, Join::AndNot), &schema()).is_ok(),
            "{text}"
        );
    }
    static HEX: Field = Field::new("x", Kind::Uint(16), "").hex();
    assert_eq!(test_of(&HEX, Value::Uint(255)), "x == 0xff");
    assert_eq!(
        test_of(&common::HOST, Value::Text("a\"b\\\n\u{202e}é\0")),
        r#"app.host == "a\"b\\\n\u202eé\x00""#
    );
}

#[test]
fn joined_filters_keep_their_meaning() {
    for (current, how, expected) in [
        ("", Join::And, "net"),
        ("app or frame", Join::And, "(app or frame) and net"),
        ("app and frame", Join::And, "app and frame and net"),
        ("app and frame", Join::Or, "app and frame or net"),
        ("app", Join::AndNot, "app and not net"),
        ("app", Join::OrNot, "app or not net"),
        ("app", Join::Not, "not net"),
        ("app", Join::Replace, "net"),
        ("no filter at all", Join::And, "net"),
    ] {
        assert_eq!(join(current, "net", how), expected, "{current}");
    }
    assert_eq!(join("app", "a or b", Join::AndNot), "app and not (a or b)");
    assert_eq!(join("app", "a or b", Join::And), "app and (a or b)");
}
