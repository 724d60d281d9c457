//! EAPOL (IEEE 802.1X-2020 section 11, keys as in IEEE 802.11-2020 section 12.7.2): who logs in to a network port, and
//! the handshake of WPA. Knows the frames and key messages; EAP reads itself; opens nothing.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use crate::protocols::eap;
use fields as f;
use weir_model::Value;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1X-2020 section 11",
    over: &[Over::EtherType(0x888e)],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("eapol", "802.1X Authentication", "EAPOL")
};

const EAP: u8 = 0;
/// Its fields have a prefix of their own in Wireshark.
const KEY: u8 = 3;
/// Descriptor types of key messages: RC4, RSN, WPA.
const RC4: u8 = 1;
const RSN: u8 = 2;
const WPA: u8 = 254;
/// Bytes of a frame before its body.
const HEADER: usize = 4;
/// Where the parts of a key message stand, counted from its descriptor type.
mod at {
    pub(super) const INFO: usize = 1;
    pub(super) const LENGTH: usize = 3;
    pub(super) const REPLAY: usize = 5;
    pub(super) const NONCE: usize = 13;
    pub(super) const IV: usize = 45;
    pub(super) const RSC: usize = 61;
    pub(super) const ID: usize = 69;
    pub(super) const MIC: usize = 77;
    pub(super) const DATA_LEN: usize = 93;
    pub(super) const DATA: usize = 95;
}
/// Bits of the key information.
mod bit {
    pub(super) const PAIRWISE: u16 = 0x0008;
    pub(super) const ACK: u16 = 0x0080;
    pub(super) const MIC: u16 = 0x0100;
    pub(super) const SECURE: u16 = 0x0200;
}

/// Which message of the four-way handshake (1 to 4) or the group's (1, 2) it is.
fn number(info: u16, nonce: &[u8], data_len: u16) -> u8 {
    let ack = info & bit::ACK != 0;
    let mic = info & bit::MIC != 0;
    if info & bit::PAIRWISE == 0 {
        return if ack { 1 } else { 2 };
    }
    match (ack, mic) {
        (true, false) => 1,
        (true, true) => 3,
        // The last one is told from the second by having nothing more to say.
        (false, _) if data_len == 0 || info & bit::SECURE != 0 && nonce.iter().all(|b| *b == 0) => {
            4
        }
        (false, _) => 2,
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let len = usize::from(data.u16(2).unwrap_or_default());
    let kind = data.u8(1);
    let body = data.sub(HEADER, HEADER + len);
    if wanted {
        ctx.number(&f::VERSION, data, 0, 1);
        ctx.number(&f::TYPE, data, 1, 1);
        ctx.number(&f::LEN, data, 2, 2);
        let word = kind.and_then(|k| f::TYPE.word(k.into()));
        ctx.info(format_args!("{}", word.unwrap_or("Unknown")));
        if kind == Some(KEY) {
            key(ctx, body);
        }
        ctx.close();
    }
    if kind == Some(EAP) && data.len() >= HEADER {
        return eap::message(ctx, body, false);
    }
    if data.len() < HEADER || body.len() < len {
        ctx.short();
    }
}

fn key(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.number(&f::DESCRIPTOR, data, 0, 1);
    match data.u8(0) {
        Some(RSN | WPA) => {}
        Some(RC4) => {
            ctx.number(&f::KEY_LEN, data, 1, 2);
            ctx.number(&f::REPLAY, data, 3, 8);
            ctx.bytes(&f::IV, data, 11, 27);
            ctx.number(&f::INDEX, data, 27, 1);
            ctx.bytes(&f::SIGNATURE, data, 28, 44);
            return ctx.bytes(&f::KEY, data, 44, data.len());
        }
        _ => return ctx.bytes(&f::BODY, data, 1, data.len()),
    }
    let Some(info) = data.u16(at::INFO) else {
        return;
    };
    let data_len = data.u16(at::DATA_LEN).unwrap_or_default();
    let n = number(info, data.sub(at::NONCE, at::IV).bytes, data_len);
    ctx.computed(&f::MESSAGE, Value::Uint(n.into()));
    let group = info & bit::PAIRWISE == 0;
    let of = if group { 2 } else { 4 };
    ctx.info(format_args!(
        "Key ({}Message {n} of {of})",
        if group { "Group " } else { "" }
    ));
    ctx.open(
        &f::INFO,
        Value::Uint(info.into()),
        data.range(at::INFO, at::LENGTH),
    );
    ctx.bits(&f::INFO_VERSION, data, at::INFO, 2, 0x0007);
    for (field, mask) in f::INFO_FLAGS {
        ctx.flag(field, data, at::INFO, 2, *mask);
    }
    ctx.bits(&f::INFO_INDEX, data, at::INFO, 2, 0x0030);
    ctx.close();
    ctx.number(&f::KEY_LEN, data, at::LENGTH, 2);
    ctx.number(&f::REPLAY, data, at::REPLAY, 8);
    ctx.bytes(&f::NONCE, data, at::NONCE, at::IV);
    ctx.bytes(&f::IV, data, at::IV, at::RSC);
    ctx.bytes(&f::RSC, data, at::RSC, at::ID);
    ctx.bytes(&f::ID, data, at::ID, at::MIC);
    ctx.bytes(&f::MIC, data, at::MIC, at::DATA_LEN);
    ctx.number(&f::DATA_LEN, data, at::DATA_LEN, 2);
    ctx.bytes(&f::DATA, data, at::DATA, at::DATA + usize::from(data_len));
}
