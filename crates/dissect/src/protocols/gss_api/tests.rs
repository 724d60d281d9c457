//! Object identifiers at their bounds. Tokens are tested with what carries them.

use super::dotted;

#[test]
fn identifiers_as_text() {
    assert_eq!(dotted(super::oid::SPNEGO), "1.3.6.1.5.5.2");
    assert_eq!(
        dotted(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10]),
        "1.3.6.1.4.1.311.2.2.10"
    );
    assert_eq!(dotted(&[0x88, 0x37]), "2.999");
    assert_eq!(dotted(&[]), "");
    assert_eq!(dotted(&[0x2b, 0x82]), "1.3");
    assert!(dotted(&[0xff; 80]).is_empty());
}
