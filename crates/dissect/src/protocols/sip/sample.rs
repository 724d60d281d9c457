//! A call is asked for, rings, is taken and ended; another is refused.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b) = (([10, 0, 0, 1], 5060), ([10, 0, 0, 2], 5060));
    let message = |first: &str, call: u8, cseq: &str, more: &str| {
        format!(
            "{first}\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK{call}\r\nFrom: \"A\" <sip:a@x>;tag=1\r\n\
             To: <sip:b@x>\r\nCall-ID: {call}@10.0.0.1\r\nCSeq: {cseq}\r\n{more}Content-Length: 0\r\n\r\n"
        )
    };
    let invite = "Contact: <sip:a@10.0.0.1>\r\nMax-Forwards: 70\r\nUser-Agent: phone/1\r\n";
    for (forward, text) in [
        (
            true,
            message("INVITE sip:b@x SIP/2.0", 1, "1 INVITE", invite),
        ),
        (false, message("SIP/2.0 180 Ringing", 1, "1 INVITE", "")),
        (
            false,
            message("SIP/2.0 200 OK", 1, "1 INVITE", "Server: box\r\n"),
        ),
        (
            true,
            message("ACK sip:b@x SIP/2.0", 1, "1 ACK", "Max-Forwards: 70\r\n"),
        ),
        (
            true,
            message("BYE sip:b@x SIP/2.0", 1, "2 BYE", "Max-Forwards: 70\r\n"),
        ),
        (false, message("SIP/2.0 200 OK", 1, "2 BYE", "")),
        (
            true,
            message("INVITE sip:c@x SIP/2.0", 2, "1 INVITE", invite),
        ),
        (false, message("SIP/2.0 404 Not Found", 2, "1 INVITE", "")),
    ] {
        let (from, to) = if forward { (a, b) } else { (b, a) };
        s.udp(from, to, text.as_bytes());
    }
    s
}
