//! What a remote desktop says behind the transport: T.125 (its connection in BER, its later messages in PER), the
//! conference that T.124 opens with what RDP tells of client and server ([MS-RDPBCGR] section 2.2.1.3), and data on
//! the channels that the server gave out (section 2.2.1.4).

use super::{PROTOCOL_RDP, PROTOCOL_T124, PROTOCOL_T125, settings};
use crate::ber;
use crate::context::Ctx;
use crate::data::Data;
use crate::wide;
use weir_model::{Field, Holds, Kind, Value};

static MAJOR: Field = Field::new("rdp.version.major", Kind::Uint(16), "versionMajor");
static MINOR: Field = Field::new("rdp.version.minor", Kind::Uint(16), "versionMinor");
static WIDTH: Field = Field::new("rdp.desktop.width", Kind::Uint(16), "desktopWidth");
static HEIGHT: Field = Field::new("rdp.desktop.height", Kind::Uint(16), "desktopHeight");
static DEPTH: Field = Field::new("rdp.colorDepth", Kind::Uint(16), "colorDepth").hex();
static LAYOUT: Field = Field::new("rdp.keyboardLayout", Kind::Uint(32), "keyboardLayout");
static BUILD: Field = Field::new("rdp.client.build", Kind::Uint(32), "clientBuild");
static NAME: Field = Field::new("rdp.client.name", Kind::Text, "clientName").holds(Holds::Name);
static KEYBOARD: Field = Field::new("rdp.keyboard.type", Kind::Uint(32), "keyboardType");
static METHOD: Field = Field::new("rdp.encryptionMethod", Kind::Uint(32), "encryptionMethod").hex();
static LEVEL: Field = Field::new("rdp.encryptionLevel", Kind::Uint(32), "encryptionLevel").hex();
static CHANNEL: Field = Field::new("rdp.MCSChannelId", Kind::Uint(16), "MCSChannelId");
static COUNT: Field = Field::new("rdp.channelCount", Kind::Uint(16), "channelCount");
static CHANNEL_NAME: Field = Field::new("rdp.name", Kind::Text, "name").holds(Holds::Name);
static FLAGS: Field = Field::new("rdp.flags", Kind::Uint(16), "flags").hex();

/// All that is described of RDP.
pub(super) static FIELDS: &[&Field] = &[
    &super::COOKIE,
    &super::NEG_TYPE,
    &super::NEG_REQUESTED,
    &super::SELECTED,
    &super::REQUESTED,
    &super::HEADER,
    &super::PDU_LENGTH,
    &MAJOR,
    &MINOR,
    &WIDTH,
    &HEIGHT,
    &DEPTH,
    &LAYOUT,
    &BUILD,
    &NAME,
    &KEYBOARD,
    &METHOD,
    &LEVEL,
    &CHANNEL,
    &COUNT,
    &CHANNEL_NAME,
    &FLAGS,
];

/// Channels of one connection that are remembered: 31 static ones, that of input and output, that of messages.
const CHANNELS: usize = 33;
/// Blocks of settings that are read.
const BLOCKS: usize = 16;

/// What both sides agreed on about the channels. Bounded by [`CHANNELS`].
#[derive(Clone, Default)]
pub(super) struct Conference {
    channels: Vec<u16>,
    /// Nothing is encrypted, so data have no flags before them once there is a licence.
    plain: bool,
    /// The licence was agreed on.
    licensed: bool,
}

/// A length in aligned PER (X.691 section 10.9) up to 16 KiB, and its bytes.
fn per_length(data: Data<'_>) -> Option<(usize, usize)> {
    match data.u8(0)? {
        n @ 0..0x80 => Some((n.into(), 1)),
        n @ 0x80..0xc0 => Some((usize::from(n & 0x3f) << 8 | usize::from(data.u8(1)?), 2)),
        _ => None,
    }
}

/// The word for a message of T.125 by its number (T.125 section 7).
fn word(choice: u8) -> Option<&'static str> {
    Some(match choice {
        1 => "erectDomainRequest",
        8 => "disconnectProviderUltimatum",
        10 => "attachUserRequest",
        11 => "attachUserConfirm",
        14 => "channelJoinRequest",
        15 => "channelJoinConfirm",
        25 => "SendDataRequest",
        26 => "SendDataIndication",
        _ => return None,
    })
}

/// Is this T.125? A connection's message, or one of the numbers above.
pub(super) fn is_t125(data: Data<'_>) -> bool {
    match data.u8(0) {
        Some(0x7f) => matches!(data.u8(1), Some(101..=104)),
        Some(n) => word(n >> 2).is_some(),
        None => false,
    }
}

impl Conference {
    /// One message of T.125; `session` is the connection's row.
    pub(super) fn message(&mut self, ctx: &mut Ctx<'_>, session: Option<u32>, data: Data<'_>) {
        let connect = data.u8(0) == Some(0x7f);
        let choice = data.u8(0).unwrap_or(0) >> 2;
        if ctx.layer(&PROTOCOL_T125, data.all()) {
            if let Some(word) = word(choice).filter(|_| !connect) {
                ctx.info(format_args!("{word}"));
            }
            ctx.close();
        }
        if connect {
            return self.connect(ctx, session, data);
        }
        if !matches!(choice, 25 | 26) {
            return;
        }
        // Initiator, channel, priority and segmentation, the data with their length.
        let Some((channel, (len, head))) = data.u16(3).zip(per_length(data.rest(6))) else {
            return ctx.short();
        };
        if self.channels.contains(&channel) {
            self.data(ctx, data.sub(6 + head, 6 + head + len));
        }
    }

    /// Data on a channel.
    fn data(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>) {
        let wanted = ctx.layer(&PROTOCOL_RDP, data.all());
        let flags = wide::number(data, 0, 2).filter(|_| !self.plain || !self.licensed);
        if let Some(flags) = flags {
            // A licence is agreed on with an alert that says so, or with something encrypted.
            self.licensed |= flags & 0x80 != 0 && (flags & 8 != 0 || data.u8(4) == Some(0xff));
        }
        if wanted {
            if let Some(flags) = flags {
                ctx.field(&FLAGS, Value::Uint(flags), data.range(0, 2));
            }
            ctx.close();
        }
    }

    /// The first message of either side: behind three sets of parameters, or one, stand its data.
    fn connect(&mut self, ctx: &mut Ctx<'_>, session: Option<u32>, data: Data<'_>) {
        let client = data.u8(1) == Some(101);
        let body = match data.u8(2) {
            Some(n @ 0x81..=0x84) => data.rest(3 + usize::from(n & 0x7f)),
            _ => data.rest(3),
        };
        let said = ber::each(body).skip_while(|t| t.tag != 0x30);
        let Some(user) = said.into_iter().find(|t| t.tag == 4) else {
            return;
        };
        let user = user.body;
        // An object's name of five bytes: that of T.124 (section 8.7).
        if user.array::<7>(0) != Some([0, 5, 0, 0x14, 0x7c, 0, 1]) {
            return;
        }
        if ctx.layer(&PROTOCOL_T124, user.all()) {
            ctx.close();
        }
        // The key of RDP's own data, with its length before it.
        let key: &[u8] = if client { b"\0Duca" } else { b"\0McDn" };
        let Some(at) = memchr::memmem::find(user.bytes, key).map(|n| n + key.len()) else {
            return;
        };
        let Some((len, head)) = per_length(user.rest(at)) else {
            return;
        };
        let mut rest = user.sub(at + head, at + head + len);
        let wanted = ctx.layer(&PROTOCOL_RDP, rest.all());
        for _ in 0..BLOCKS {
            let Some((kind, len)) = wide::number(rest, 0, 2).zip(wide::place(rest, 2, 2)) else {
                break;
            };
            let block = rest.sub(0, len);
            self.block(ctx, kind, block, wanted);
            settings::read(ctx, session, kind, block.rest(4));
            rest = rest.rest(len.max(4));
        }
        if wanted {
            ctx.info(format_args!(
                "{}",
                if client { "ClientData" } else { "ServerData" }
            ));
            ctx.close();
        }
    }

    /// One block of settings ([MS-RDPBCGR] sections 2.2.1.3.2 to 2.2.1.4.5).
    fn block(&mut self, ctx: &mut Ctx<'_>, kind: u64, block: Data<'_>, wanted: bool) {
        let mut number = |field: &'static Field, at: usize, len: usize| {
            let value = wide::number(block, at, len);
            if let Some(value) = value.filter(|_| wanted) {
                ctx.field(field, Value::Uint(value), block.range(at, at + len));
            }
            value
        };
        match kind {
            0xc001 => {
                for (field, at, len) in [
                    (&MAJOR, 4, 2),
                    (&MINOR, 6, 2),
                    (&WIDTH, 8, 2),
                    (&HEIGHT, 10, 2),
                    (&DEPTH, 12, 2),
                    (&LAYOUT, 16, 4),
                    (&BUILD, 20, 4),
                ] {
                    number(field, at, len);
                }
                let name = block.sub(24, 56);
                if wanted && !name.is_empty() {
                    let text = wide::text(name.bytes);
                    ctx.field(&NAME, Value::Text(&text), name.all());
                }
                if let Some(value) = wide::number(block, 56, 4).filter(|_| wanted) {
                    ctx.field(&KEYBOARD, Value::Uint(value), block.range(56, 60));
                }
            }
            0xc003 => {
                let count = number(&COUNT, 4, 4).unwrap_or(0);
                let names = usize::try_from(count).unwrap_or(0).min(CHANNELS);
                for n in (0..names).filter(|_| wanted) {
                    let name = block.sub(8 + 12 * n, 16 + 12 * n);
                    let text = wide::narrow(name.bytes);
                    ctx.field(&CHANNEL_NAME, Value::Text(&text), name.all());
                }
            }
            0x0c01 => {
                number(&MAJOR, 4, 2);
                number(&MINOR, 6, 2);
                if let Some(value) = wide::number(block, 8, 4).filter(|_| wanted) {
                    let range = block.range(8, 12);
                    ctx.field(&super::REQUESTED, Value::Uint(value), range);
                }
            }
            0x0c02 => {
                number(&METHOD, 4, 4);
                self.plain = number(&LEVEL, 8, 4) == Some(0);
            }
            0x0c03 => {
                let own = number(&CHANNEL, 4, 2);
                let count = number(&COUNT, 6, 2).unwrap_or(0);
                self.know(own);
                for n in 0..usize::try_from(count).unwrap_or(0).min(CHANNELS) {
                    let id = number(&CHANNEL, 8 + 2 * n, 2);
                    self.know(id);
                }
            }
            // The channel of messages.
            0x0c04 => self.know(wide::number(block, 4, 2)),
            _ => {}
        }
    }

    fn know(&mut self, id: Option<u64>) {
        if let Some(id) = id.and_then(|n| u16::try_from(n).ok())
            && self.channels.len() < CHANNELS
        {
            self.channels.push(id);
        }
    }
}
