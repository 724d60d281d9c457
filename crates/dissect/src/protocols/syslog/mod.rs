//! Syslog over UDP (RFC 5424, and the older form of RFC 3164): who reports what, how urgently.

mod fields;
#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol};
use crate::shown::shown;
use fields as f;
use weir_model::{Field, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 5424",
    over: &[Over::UdpPort(514)],
    fields: f::ALL,
    datagram: Some(dissect),
    logs: &[Log::of::<Entry>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("syslog", "Syslog message", "Syslog")
};

row! {
    /// A message, named as Zeek's log does.
    pub struct Entry of PROTOCOL {
        proto: &'static str = "Transport that carried it",
        facility: Option<u64> = "Which part of the system it is about",
        severity: Option<u64> = "How urgent it is, 0 most",
        message: Box<str> = "What it says",
    }
    |e| e.message.to_string()
}

/// Bytes of a message that its row keeps.
const MESSAGE: usize = 1024;

/// The priority in angles at the front (RFC 5424 section 6.2.1), and where the message begins.
fn priority(bytes: &[u8]) -> Option<(u64, usize)> {
    let rest = bytes.strip_prefix(b"<")?;
    let digits = rest
        .iter()
        .take(3)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let number = rest
        .get(..digits)?
        .iter()
        .fold(0, |n: u64, d| n * 10 + u64::from(d - b'0'));
    let end = usize::from(rest.get(digits) == Some(&b'>'));
    (digits > 0).then_some((number, 1 + digits + end))
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, part: Data<'_>) {
    if !part.is_empty() {
        ctx.field(field, Value::Text(&shown(part.bytes)), part.all());
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let priority = priority(data.bytes);
    let message = data.rest(priority.map_or(0, |p| p.1));
    let brief = shown(message.bytes.get(..MESSAGE).unwrap_or(message.bytes));
    let (facility, level) = (priority.map(|p| p.0 >> 3), priority.map(|p| p.0 & 7));
    if wanted {
        if let (Some((_, end)), Some(facility), Some(level)) = (priority, facility, level) {
            let range = data.range(0, end);
            ctx.field(&f::FACILITY, Value::Uint(facility), range);
            ctx.field(&f::LEVEL, Value::Uint(level), range);
        }
        ctx.open(&f::MSG, Value::Text(&shown(message.bytes)), message.all());
        if message.bytes.starts_with(b"1 ") {
            modern(ctx, message);
        } else {
            old(ctx, message);
        }
        ctx.close();
        ctx.info(format_args!("{}", brief.trim_end()));
        ctx.close();
    }
    let meta = ctx.whole_message();
    ctx.emit(Entry {
        meta,
        proto: "udp",
        facility,
        severity: level,
        message: brief.trim_end().into(),
    });
}

/// The head of RFC 5424: words with blanks between.
fn modern(ctx: &mut Ctx<'_>, message: Data<'_>) {
    let fields = [
        &f::VERSION,
        &f::OLD_TIMESTAMP,
        &f::HOSTNAME,
        &f::APPNAME,
        &f::PROCID,
        &f::MSGID,
    ];
    let mut at = 0;
    for (n, field) in fields.into_iter().enumerate() {
        let rest = message.rest(at);
        let Some(end) = memchr::memchr(b' ', rest.bytes) else {
            return;
        };
        let word = rest.sub(0, end);
        if n == 1 {
            if let Some(time) = time(word.bytes) {
                ctx.field(&f::TIMESTAMP, Value::Time(time), word.all());
            }
        } else {
            text(ctx, field, word);
        }
        at += end + 1;
    }
    if message.rest(at).bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        ctx.number(&f::BOM, message, at, 3);
    }
}

/// Digits at a place as a number.
fn digits(bytes: &[u8], from: usize, to: usize) -> Option<i64> {
    let part = bytes.get(from..to)?;
    let all = part.iter().all(u8::is_ascii_digit);
    all.then(|| part.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
}

/// Days from 1970 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = year - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A time of RFC 3339: `2003-10-11T22:14:15.003Z`, with an offset instead of the Z.
fn time(b: &[u8]) -> Option<weir_model::Timestamp> {
    let date = (digits(b, 0, 4)?, digits(b, 5, 7)?, digits(b, 8, 10)?);
    let clock = (digits(b, 11, 13)?, digits(b, 14, 16)?, digits(b, 17, 19)?);
    let marks = b.get(4) == Some(&b'-') && b.get(10) == Some(&b'T') && b.get(13) == Some(&b':');
    if !marks || !(1..=12).contains(&date.1) {
        return None;
    }
    let rest = b.get(19..)?;
    let fraction = rest.strip_prefix(b".").unwrap_or_default();
    let fraction = fraction.iter().take_while(|d| d.is_ascii_digit()).take(9);
    let (mut nanos, mut unit) = (0, 100_000_000);
    for d in fraction {
        nanos += i64::from(d - b'0') * unit;
        unit /= 10;
    }
    let zone = rest.iter().position(|c| matches!(c, b'Z' | b'+' | b'-'))?;
    let offset = match rest.get(zone)? {
        b'Z' => 0,
        sign => {
            let zone = rest.get(zone + 1..)?;
            let seconds = digits(zone, 0, 2)? * 3600 + digits(zone, 3, 5)? * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
    };
    let seconds = days(date.0, date.1, date.2) * 86_400 + clock.0 * 3600 + clock.1 * 60 + clock.2;
    Some(weir_model::Timestamp::from_parts(seconds - offset, nanos))
}

/// The head of RFC 3164: `Oct 11 22:14:15 host name[number]:`.
fn old(ctx: &mut Ctx<'_>, message: Data<'_>) {
    let b = message.bytes;
    let colons = b.get(9) == Some(&b':') && b.get(12) == Some(&b':');
    let month = b.first().is_some_and(u8::is_ascii_uppercase) && b.get(3) == Some(&b' ');
    if !colons || !month || b.get(15) != Some(&b' ') {
        return;
    }
    text(ctx, &f::OLD_TIMESTAMP, message.sub(0, 15));
    let rest = message.rest(16);
    let Some(end) = memchr::memchr(b' ', rest.bytes) else {
        return;
    };
    text(ctx, &f::HOSTNAME, rest.sub(0, end));
    let process = rest.rest(end + 1);
    let Some(stop) = memchr::memchr3(b'[', b':', b' ', process.bytes) else {
        return;
    };
    match process.u8(stop) {
        Some(b'[') => {
            text(ctx, &f::APPNAME, process.sub(0, stop));
            if let Some(close) = memchr::memchr(b']', process.bytes).filter(|n| *n > stop) {
                text(ctx, &f::PROCID, process.sub(stop + 1, close));
            }
        }
        Some(b':') => text(ctx, &f::APPNAME, process.sub(0, stop)),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::{Entry, priority, time};
    use crate::synth::Synth;

    const HOST: ([u8; 4], u16) = ([10, 0, 0, 1], 5000);
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 514);

    #[test]
    fn priorities() {
        assert_eq!(priority(b"<0>x"), Some((0, 3)));
        assert_eq!(priority(b"<191>x"), Some((191, 5)));
        assert_eq!(priority(b"<1919>x"), Some((191, 4)));
        assert_eq!(priority(b"<>x"), None);
        assert_eq!(priority(b"x<1>"), None);
        assert_eq!(priority(b""), None);
    }

    #[test]
    fn times_with_and_without_an_offset() {
        let read = |t: &str| time(t.as_bytes()).map(weir_model::Timestamp::rfc3339);
        assert_eq!(
            read("2003-10-11T22:14:15.003Z").unwrap(),
            "2003-10-11T22:14:15.003000000Z"
        );
        assert_eq!(
            read("2000-02-29T00:00:00+01:30").unwrap(),
            "2000-02-28T22:30:00.000000000Z"
        );
        assert_eq!(read("2003-10-11 22:14:15Z"), None);
        assert_eq!(read("-"), None);
    }

    #[test]
    fn both_forms_are_taken_apart() {
        let mut s = Synth::default();
        s.udp(
            HOST,
            SERVER,
            b"<34>Oct 11 22:14:15 box su[12]: 'su root' failed\n",
        );
        s.udp(
            HOST,
            SERVER,
            b"<165>1 2003-10-11T22:14:15Z h app 9 ID47 - \xef\xbb\xbfx",
        );
        s.udp(HOST, SERVER, b"no head");
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
        assert_eq!(of(0, "syslog.facility").as_deref(), Some("4"));
        assert_eq!(of(0, "syslog.level").as_deref(), Some("2"));
        assert_eq!(of(0, "syslog.hostname").as_deref(), Some("box"));
        assert_eq!(of(0, "syslog.appname").as_deref(), Some("su"));
        assert_eq!(of(0, "syslog.procid").as_deref(), Some("12"));
        assert_eq!(of(1, "syslog.msgid").as_deref(), Some("ID47"));
        assert_eq!(of(2, "syslog.msg").as_deref(), Some("no head"));
        assert_eq!(of(2, "syslog.level"), None);
        let rows = loaded.facts().messages.all::<Entry>();
        let told: Vec<_> = rows.iter().map(|e| (e.facility, e.severity)).collect();
        assert_eq!(
            told,
            [(Some(4), Some(2)), (Some(20), Some(5)), (None, None)]
        );
    }

    #[test]
    fn every_length_is_read_without_harm() {
        for whole in [
            &b"<34>Oct 11 22:14:15 box su[12]: x"[..],
            b"<165>1 2003-10-11T22:14:15.1+01:00 h app 9 ID47 - \xef\xbb\xbfx",
        ] {
            for n in 0..=whole.len() {
                let mut s = Synth::default();
                s.udp(HOST, SERVER, &whole[..n]);
                let loaded = s.load();
                s.trees(loaded.facts());
            }
        }
    }
}
