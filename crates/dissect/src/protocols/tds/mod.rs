//! TDS ([MS-TDS]): the packets of Microsoft SQL Server and what kind of message they carry; who logs on with a name of Windows.
//! Reads no statements and no rows.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Over, Probe, Protocol, Start, StreamDissector};
use crate::protocols::gss_api;
use crate::protocols::ntlmssp::Exchange;
use crate::wide;
use weir_model::{Field, Kind};

static TYPE: Field = Field::new("tds.type", Kind::Uint(8), "Type").values(&[
    (1, "SQL batch"),
    (2, "Pre-TDS7 login"),
    (3, "Remote Procedure Call"),
    (4, "Response"),
    (6, "Attention"),
    (7, "Bulk load data"),
    (8, "Federated Authentication Token"),
    (14, "Transaction Manager Request"),
    (15, "TDS5 query"),
    (16, "TDS7 login"),
    (17, "SSPI message"),
    (18, "TDS7 pre-login message"),
]);
static STATUS: Field = Field::new("tds.status", Kind::Uint(8), "Status").hex();
static EOM: Field = Field::new("tds.status.eom", Kind::Bool, "End of message");
static LENGTH: Field = Field::new("tds.length", Kind::Uint(16), "Length");
static CHANNEL: Field = Field::new("tds.channel", Kind::Uint(16), "Channel");
static NUMBER: Field = Field::new("tds.packet_number", Kind::Uint(8), "Packet Number");
static WINDOW: Field = Field::new("tds.window", Kind::Uint(8), "Window");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "[MS-TDS]",
    over: &[Over::TcpPort(1433)],
    fields: &[&TYPE, &STATUS, &EOM, &LENGTH, &CHANNEL, &NUMBER, &WINDOW],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Tds::default(), start.from_start)
    }),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("tds", "Tabular Data Stream", "TDS")
};

/// Bytes of a packet's head ([MS-TDS] section 2.2.3.1).
const HEAD: usize = 8;

/// The length of the packet that begins here.
fn packet(b: &[u8]) -> Option<u16> {
    let [kind, status, high, low, .., window] = *b.first_chunk::<HEAD>()?;
    let len = u16::from_be_bytes([high, low]);
    let known = TYPE.word(kind.into()).is_some();
    let sane = known && status < 0x20 && usize::from(len) >= HEAD && window == 0;
    sane.then_some(len)
}

fn probe(p: &Probe<'_>) -> Certainty {
    // The pre-login begins with the place of its first option, in front of which all options stand.
    match (packet(p.bytes), p.bytes) {
        (Some(len), [18, 1, ..])
            if usize::from(len) == p.bytes.len() && p.bytes.get(8..10) == Some(&[0, 0]) =>
        {
            Certainty::Certain
        }
        (Some(_), [18 | 16, ..]) => Certainty::Unsure,
        (None, [18, 1] | [18]) => Certainty::More,
        _ => Certainty::No,
    }
}

#[derive(Clone, Default)]
struct Tds {
    login: Exchange,
}

/// Kinds of messages.
mod kind {
    pub(super) const RESPONSE: u8 = 4;
    pub(super) const LOGIN: u8 = 16;
    pub(super) const SSPI: u8 = 17;
}

/// Tokens of an answer (section 2.2.7) that tell their length in two bytes, and may stand in that to a log-on.
mod token {
    pub(super) const ERROR: u8 = 0xaa;
    pub(super) const INFO: u8 = 0xab;
    pub(super) const LOGIN: u8 = 0xad;
    pub(super) const CHANGE: u8 = 0xe3;
    pub(super) const SSPI: u8 = 0xed;
}

/// Where a log-on says where its token is, and how long (section 2.2.6.4).
const TOKEN: usize = 78;

impl Tds {
    /// What a message says of a log-on.
    fn log_on(&mut self, ctx: &mut Ctx<'_>, what: u8, body: Data<'_>) {
        match what {
            kind::LOGIN => {
                let at = |n| wide::place(body, n, 2);
                if let (Some(from), Some(len)) = (at(TOKEN), at(TOKEN + 2)) {
                    let blob = body.sub(from, from + len);
                    gss_api::blob(ctx, blob, &mut self.login);
                }
            }
            kind::SSPI => gss_api::blob(ctx, body, &mut self.login),
            kind::RESPONSE => self.answer(ctx, body),
            _ => {}
        }
    }

    fn answer(&mut self, ctx: &mut Ctx<'_>, body: Data<'_>) {
        let mut at = 0;
        while let (Some(what), Some(len)) = (body.u8(at), wide::place(body, at + 1, 2)) {
            let end = at + 3 + len;
            match what {
                token::SSPI => gss_api::blob(ctx, body.sub(at + 3, end), &mut self.login),
                token::LOGIN => return self.login.finish(ctx, Some(true)),
                token::ERROR => return self.login.finish(ctx, Some(false)),
                token::INFO | token::CHANGE => {}
                _ => return,
            }
            at = end;
        }
    }
}

impl Framing for Tds {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD {
            return Frame::More(HEAD);
        }
        packet(bytes).map_or(Frame::Foreign, |len| Frame::Whole(len.into()))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let what = data.u8(0).unwrap_or(0);
        if !ctx.layer(&PROTOCOL, data.all()) {
            return self.log_on(ctx, what, data.rest(HEAD));
        }
        ctx.number(&TYPE, data, 0, 1);
        ctx.number(&STATUS, data, 1, 1);
        ctx.flag(&EOM, data, 1, 1, 1);
        ctx.number(&LENGTH, data, 2, 2);
        ctx.number(&CHANNEL, data, 4, 2);
        ctx.number(&NUMBER, data, 6, 1);
        ctx.number(&WINDOW, data, 7, 1);
        if let Some(word) = data.u8(0).and_then(|k| TYPE.word(k.into())) {
            ctx.info(format_args!("{word}"));
        }
        self.log_on(ctx, what, data.rest(HEAD));
        ctx.close();
    }
}

#[cfg(test)]
mod tests {
    use super::packet;
    use crate::synth::Synth;

    #[test]
    fn packets_at_their_bounds_and_in_pieces() {
        assert_eq!(packet(&[1, 1, 0, 8, 0, 0, 1, 0]), Some(8));
        for bad in [
            [1, 1, 0, 7, 0, 0, 1, 0],
            [5, 1, 0, 8, 0, 0, 1, 0],
            [1, 0x20, 0, 8, 0, 0, 1, 0],
            [1, 1, 0, 8, 0, 0, 1, 1],
        ] {
            assert_eq!(packet(&bad), None, "{bad:?}");
        }
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1433));
        let mut batch = vec![1, 1, 0x0b, 0xb8, 0, 0, 1, 0];
        batch.resize(3000, 0);
        c.client(&mut s, batch);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(4, "tcp.reassembled_in").as_deref(), Some("6"));
        assert_eq!(of(6, "tds.type").as_deref(), Some("1"));
    }

    #[test]
    fn a_log_on_with_a_name_of_windows_is_shown() {
        let message = |kind: u8, body: &[u8]| {
            let len = u16::try_from(body.len() + 8).unwrap().to_be_bytes();
            [vec![kind, 1, len[0], len[1], 0, 0, 1, 0], body.to_vec()].concat()
        };
        let negotiate = [b"NTLMSSP\0".to_vec(), vec![1, 0, 0, 0], vec![0; 20]].concat();
        let mut login = vec![0; 94];
        login[78] = 94;
        login[80] = u8::try_from(negotiate.len()).unwrap();
        login.extend(&negotiate);
        let mut challenge = vec![0xab, 2, 0, 9, 9, 0xed, 48, 0];
        challenge.extend([b"NTLMSSP\0".to_vec(), vec![2, 0, 0, 0], vec![0; 36]].concat());
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1433));
        c.client(&mut s, message(16, &login));
        c.server(&mut s, message(4, &challenge));
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize| {
            trees[n - 1]
                .values("ntlmssp.messagetype")
                .next()
                .map(str::to_owned)
        };
        assert_eq!(
            (of(4).as_deref(), of(5).as_deref()),
            (Some("0x00000001"), Some("0x00000002"))
        );
        // Cut anywhere it is no token, and does no harm.
        for n in 8..login.len() {
            let mut s = Synth::default();
            let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1433));
            c.client(&mut s, message(16, &login[..n]));
            let loaded = s.load();
            let _ = s.trees(loaded.facts());
        }
    }
}
