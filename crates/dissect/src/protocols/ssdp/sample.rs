//! Something is looked for, answers, and says that it goes.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (host, box_, all) = (
        ([10, 0, 0, 1], 50000),
        ([10, 0, 0, 2], 1900),
        ([239, 255, 255, 250], 1900),
    );
    s.udp(host, all, b"M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n");
    s.udp(box_, host, b"HTTP/1.1 200 OK\r\nLocation: http://10.0.0.2/d.xml\r\nServer: box\r\nST: upnp:rootdevice\r\n\r\n");
    s.udp(box_, all, b"NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\n\r\n");
    s
}
