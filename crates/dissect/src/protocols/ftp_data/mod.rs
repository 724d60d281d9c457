//! FTP data connections (RFC 959 section 3): the bytes of a transfer, and the file they are.
//! What they are is said on the control connection; the transfer's row is shared with it.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::body::Body;
use crate::context::Ctx;
use crate::data::Chunk;
use crate::facts::{Artifact, ArtifactName, Completeness, ContentRange, NameSource};
use crate::protocol::{Close, Direction, Over, Progress, Protocol, Start, StreamDissector};
use crate::protocols::ftp::{Setup, Transfer};
use weir_model::{ByteRange, Field, Kind, PacketRef, Value};

static SETUP_FRAME: Field = Field::new("ftp-data.setup-frame", Kind::Packet, "Setup frame");
static SETUP_METHOD: Field = Field::new("ftp-data.setup-method", Kind::Text, "Setup method");
static COMMAND: Field = Field::new("ftp-data.command", Kind::Text, "Command");
static COMMAND_FRAME: Field = Field::new("ftp-data.command-frame", Kind::Packet, "Command frame");
static CWD: Field = Field::new(
    "ftp-data.current-working-directory",
    Kind::Text,
    "Current working directory",
);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 959 section 3",
    over: &[Over::TcpPort(20)],
    fields: &[&SETUP_FRAME, &SETUP_METHOD, &COMMAND, &COMMAND_FRAME, &CWD],
    stream: Some(start),
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ftp-data", "FTP Data", "FTP-DATA")
};

/// What the control connection hands to an expected data connection: the place of its transfer's row.
pub(crate) fn token(row: u32) -> u64 {
    u64::from(row) + 1
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let row = start
        .token
        .checked_sub(1)
        .and_then(|n| u32::try_from(n).ok());
    Box::new(DataConnection {
        row,
        bodies: [None, None],
        closed: [false; 2],
    })
}

#[derive(Clone)]
struct DataConnection {
    /// Its transfer's row.
    row: Option<u32>,
    /// By direction: one is used, unless somebody breaks the rules.
    bodies: [Option<Body>; 2],
    closed: [bool; 2],
}

impl DataConnection {
    fn transfer<'a>(&self, ctx: &'a Ctx<'_>) -> Option<&'a Transfer> {
        ctx.facts()
            .messages
            .all::<Transfer>()
            .get(self.row? as usize)
    }

    /// Fills in what the control connection has said by now.
    fn name(&self, ctx: &Ctx<'_>, artifact: &mut Artifact) {
        let Some(t) = self.transfer(ctx) else {
            return;
        };
        artifact.message = self.row;
        artifact.client = t.client;
        artifact.server = t.server;
        artifact.sent = t.sent();
        artifact.ascii = t.ascii;
        artifact.asked = t.asked;
        artifact.declared_size = t.expected();
        if artifact.names.is_empty() && !t.command.is_empty() {
            let last = t.path.rsplit('/').next().unwrap_or_default();
            artifact.names.push(ArtifactName {
                text: last.into(),
                from: NameSource::Argument,
            });
            artifact.url = t.url().into();
        }
        if t.offset > 0 {
            artifact.range = Some(ContentRange {
                start: t.offset,
                end: t.offset.saturating_add(artifact.wire_size),
                total: t.size,
            });
        }
    }

    fn draft(&self, ctx: &Ctx<'_>, direction: Direction, offset: u64) -> Option<Body> {
        let flow = ctx.flow()?;
        let mut artifact = Artifact::draft(&PROTOCOL, flow, direction, offset);
        self.name(ctx, &mut artifact);
        Some(Body::new(artifact))
    }

    /// A listing is no file. Until the command is known it may be one.
    fn is_listing(&self, ctx: &Ctx<'_>) -> bool {
        self.transfer(ctx)
            .is_some_and(|t| !t.command.is_empty() && !t.is_file())
    }

    fn body(&mut self, ctx: &Ctx<'_>, direction: Direction, offset: u64) -> Option<&mut Body> {
        if self.is_listing(ctx) {
            return None;
        }
        let way = direction.index();
        if self.bodies[way].is_none() {
            self.bodies[way] = self.draft(ctx, direction, offset);
        }
        self.bodies[way].as_mut()
    }

    fn note(&self, ctx: &mut Ctx<'_>, len: u64) {
        let Some((flow, packet)) = ctx.packet.flow.map(|f| (f.0, ctx.meta.packet)) else {
            return;
        };
        ctx.update::<Transfer>(self.row, |t| {
            t.data = Some(flow);
            let first = t.packets.map_or(packet, |p| p.0);
            if t.packets.is_none_or(|p| p.1 != packet) {
                t.frames = t.frames.saturating_add(1);
            }
            t.packets = Some((first, packet));
            t.bytes = t.bytes.saturating_add(len);
        });
    }

    fn describe(&self, ctx: &mut Ctx<'_>, chunk: &Chunk<'_>) {
        // Segments that waited for an earlier one are shown with it.
        if ctx.packet.layers.last() == Some(&PROTOCOL.id())
            || !ctx.layer(&PROTOCOL, chunk.data.all())
        {
            return;
        }
        ctx.info(format_args!("FTP Data: {} bytes", chunk.data.len()));
        let told = self.transfer(ctx).map(|t| {
            (
                t.announced,
                t.setup,
                t.line(),
                t.asked.map(|a| a.0),
                t.cwd.clone(),
            )
        });
        let none = ByteRange::GENERATED;
        if let Some((setup, method, line, asked, cwd)) = told {
            let number = |p: PacketRef| Value::Uint(u64::from(p.number));
            if method != Setup::Default {
                ctx.field(&SETUP_FRAME, number(setup), none);
                ctx.field(&SETUP_METHOD, Value::Text(method.name()), none);
            }
            if let Some(asked) = asked {
                ctx.field(&COMMAND, Value::Text(&line), none);
                ctx.field(&COMMAND_FRAME, number(asked), none);
            }
            if let Some(cwd) = cwd {
                ctx.field(&CWD, Value::Text(&cwd), none);
            }
        }
        ctx.close();
    }
}

impl StreamDissector for DataConnection {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        self.note(ctx, chunk.data.len() as u64);
        self.describe(ctx, chunk);
        let from = chunk.packet_at(0);
        if let Some(body) = self.body(ctx, direction, chunk.offset) {
            body.data(ctx, chunk.bytes(), from);
        }
        Progress::Consumed(chunk.data.len())
    }

    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, offset: u64, len: u64) -> bool {
        if let Some(body) = self.body(ctx, direction, offset) {
            body.gap(ctx, len);
        }
        true
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        self.closed[direction.index()] = true;
        // What is told at the end of the capture is taken back when there is more: rows stay as they are.
        if how != Close::End {
            ctx.update::<Transfer>(self.row, |t| t.closed = Some(how));
        }
        let Some(mut body) = self.bodies[direction.index()].take() else {
            return;
        };
        if self.is_listing(ctx) {
            return;
        }
        self.name(ctx, body.artifact());
        let refused = self
            .transfer(ctx)
            .and_then(|t| t.done)
            .is_some_and(|d| d.0 >= 400);
        let ascii = body.artifact().ascii;
        let short = body
            .artifact()
            .declared_size
            .is_some_and(|n| body.len() < n && !ascii);
        let state = match how {
            Close::End => Completeness::CaptureEnded,
            Close::Reset => Completeness::Aborted,
            Close::Fin if refused || short => Completeness::Aborted,
            Close::Fin => Completeness::Complete,
        };
        body.end(ctx, state);
    }

    fn held(&self) -> usize {
        0
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}
