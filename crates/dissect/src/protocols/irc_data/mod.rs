//! A file sent past an IRC server (DCC SEND): who offers it listens and sends, who takes it answers with four bytes now
//! and then. There is nothing but the bytes of the file, so no layer is described.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::body::Body;
use crate::context::Ctx;
use crate::data::Chunk;
use crate::facts::{Artifact, ArtifactName, Completeness, NameSource};
use crate::protocol::{Close, Direction, Progress, Protocol, Start, StreamDissector};
use crate::protocols::irc::{Event, dcc::Offer};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "The Client-To-Client Protocol and DCC",
    stream: Some(start),
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("irc-data", "IRC file transfer (DCC)", "IRC-DATA")
};

/// What the offer hands to the connection: the place of its row.
pub(crate) fn token(row: u32) -> u64 {
    u64::from(row) + 1
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let row = start.token.checked_sub(1);
    Box::new(Sending {
        row: row.and_then(|n| u32::try_from(n).ok()),
        body: None,
    })
}

#[derive(Clone)]
struct Sending {
    /// The row of the offer.
    row: Option<u32>,
    body: Option<Body>,
}

impl Sending {
    /// The file, for what its sender says; begun at its first byte.
    fn body(&mut self, ctx: &Ctx<'_>, direction: Direction, offset: u64) -> Option<&mut Body> {
        if direction == Direction::Forward {
            return None;
        }
        if self.body.is_none() {
            let mut artifact = Artifact::draft(&PROTOCOL, ctx.flow()?, direction, offset);
            let row = self
                .row
                .and_then(|n| ctx.facts().messages.all::<Event>().get(n as usize));
            if let Some(offer) = row.and_then(|e| Offer::read(&e.value)) {
                artifact.declared_size = offer.size;
                artifact.names.push(ArtifactName {
                    text: offer.name,
                    from: NameSource::Argument,
                });
            }
            artifact.message = self.row;
            artifact.asked = row.map(|e| (e.meta.first, e.meta.time));
            self.body = Some(Body::new(artifact));
        }
        self.body.as_mut()
    }
}

impl StreamDissector for Sending {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let from = chunk.packet_at(0);
        if let Some(body) = self.body(ctx, direction, chunk.offset) {
            body.data(ctx, chunk.bytes(), from);
        }
        ctx.unknown(chunk.data);
        Progress::Consumed(chunk.data.len())
    }

    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, offset: u64, len: u64) -> bool {
        if let Some(body) = self.body(ctx, direction, offset) {
            body.gap(ctx, len);
        }
        true
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        let Some(mut body) = self.body.take_if(|_| direction == Direction::Backward) else {
            return;
        };
        let declared = body.artifact().declared_size;
        // Who has everything may close without waiting for a word.
        let all = declared.is_some_and(|n| body.len() >= n);
        let state = match how {
            _ if all => Completeness::Complete,
            Close::End => Completeness::CaptureEnded,
            Close::Fin if declared.is_none() => Completeness::Complete,
            Close::Fin | Close::Reset => Completeness::Aborted,
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
