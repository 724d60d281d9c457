//! What the analyst says that a port or type carries, from its words. The one reader of page, case and command line.

use weir_dissect::{Over, Protocol, registry};

/// `key` is `tcp.port`, `udp.port` or `eth.type`; `protocol` a filter name.
///
/// # Errors
/// What of it is not known, in words.
pub fn decode_as(
    key: &str,
    value: u64,
    protocol: &str,
) -> Result<(Over, &'static Protocol), String> {
    let number = u16::try_from(value).map_err(|_| format!("{value} is no {key}"))?;
    let over = match key {
        "tcp.port" => Over::TcpPort(number),
        "udp.port" => Over::UdpPort(number),
        "eth.type" => Over::EtherType(number),
        other => return Err(format!("nothing is decoded by \u{201c}{other}\u{201d}")),
    };
    let found = registry()
        .named(protocol)
        .ok_or_else(|| format!("there is no protocol \u{201c}{protocol}\u{201d}"))?;
    Ok((over, found))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ports_and_types_are_read_and_what_is_not_known_is_named() {
        let (over, p) = decode_as("tcp.port", 8081, "http").unwrap();
        assert_eq!((over, p.info.name), (Over::TcpPort(8081), "http"));
        assert_eq!(
            decode_as("eth.type", 0x0806, "arp").unwrap().0,
            Over::EtherType(0x0806)
        );
        for (key, value, name, says) in [
            ("tcp.port", 65_536, "http", "65536 is no tcp.port"),
            ("tcp.stream", 1, "http", "nothing is decoded by"),
            (
                "udp.port",
                1,
                "htpt",
                "there is no protocol \u{201c}htpt\u{201d}",
            ),
        ] {
            assert!(decode_as(key, value, name).unwrap_err().contains(says));
        }
    }
}
