//! A message's content on its way to artifacts: whole, and split into the files inside a multipart body.

use super::multipart::{Event, Splitter};
use super::names::NAMES;
use super::read::{Entity, short};
use super::wire::Fields;
use crate::body::{Body, Encoding};
use crate::context::Ctx;
use crate::facts::{Artifact, Completeness, NameSource};
use crate::protocols::imf::Mail;
use smallvec::SmallVec;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Most content bytes of a message shown as `http.file_data`. At most a checkpoint's distance, so that
/// reading again from the checkpoint before last has all of them.
const FILE_DATA: usize = 1 << 20;
/// Most parts of a multipart body that become artifacts.
const PARTS: u32 = 1000;

static LONG_CONTENT: LimitKind = LimitKind {
    id: "http.file_data",
    says: "a body was longer than is shown as one field",
    bound: FILE_DATA as u64,
    unit: "bytes",
};

static MANY_PARTS: LimitKind = LimitKind {
    id: "http.parts",
    says: "a multipart body had more parts than become files of their own",
    bound: PARTS as u64,
    unit: "parts",
};

/// Content being read.
#[derive(Clone)]
pub(super) struct Payload {
    whole: Option<Body>,
    parts: Option<Parts>,
    /// A mail: it has parts of its own.
    mail: Option<Box<Mail>>,
    /// Content bytes in the capture.
    pub(super) size: u64,
    /// All of them, where somebody looks and they are few.
    pub(super) kept: Option<Vec<u8>>,
    /// To undo before it is read.
    pub(super) encodings: SmallVec<[Encoding; 1]>,
    /// Places of the artifacts made.
    pub(super) rows: SmallVec<[u32; 1]>,
    /// Names given to files in it.
    pub(super) names: SmallVec<[Box<str>; 1]>,
    cut: bool,
    lost: bool,
}

#[derive(Clone)]
struct Parts {
    splitter: Splitter,
    open: Option<Body>,
    template: Box<Artifact>,
    count: u32,
}

impl Payload {
    /// Bytes kept of it.
    pub(super) fn held(&self) -> usize {
        let body = |b: &Body| size_of::<Artifact>() + b.head().len();
        self.whole.as_ref().map_or(0, body)
            + self.kept.as_ref().map_or(0, Vec::capacity)
            + self.mail.as_ref().map_or(0, |m| m.held())
            + self.parts.as_ref().map_or(0, |p| {
                size_of::<Artifact>() + p.open.as_ref().map_or(0, body)
            })
    }

    /// For content described by `artifact`, perhaps with files in it.
    pub(super) fn new(artifact: Artifact, entity: &Entity, keep: bool) -> Self {
        let splitter = entity.boundary.as_deref().and_then(Splitter::new);
        let plain = entity.encodings.is_empty();
        let parts = splitter.filter(|_| plain).map(|splitter| Parts {
            splitter,
            open: None,
            template: Box::new(artifact.clone()),
            count: 0,
        });
        // Ranges of one resource are files only part by part.
        let ranges = entity.media.as_deref() == Some("multipart/byteranges");
        let mail = entity.media.as_deref() == Some("message/rfc822") && plain;
        let (whole, mail) = if mail {
            (None, Some(Box::new(Mail::new(artifact))))
        } else {
            let whole = (!ranges || parts.is_none()).then(|| Body::new(artifact));
            (whole, None)
        };
        Self {
            whole,
            parts,
            mail,
            size: 0,
            kept: keep.then(Vec::new),
            encodings: entity.encodings.clone(),
            rows: SmallVec::new(),
            names: SmallVec::new(),
            cut: false,
            lost: false,
        }
    }

    /// Its next bytes, which stand at `offset` of the stream.
    pub(super) fn data(
        &mut self,
        ctx: &mut Ctx<'_>,
        bytes: &[u8],
        offset: u64,
        from: (PacketRef, Timestamp),
    ) {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if let Some(kept) = &mut self.kept {
            if kept.len() + bytes.len() > FILE_DATA {
                self.kept = None;
                ctx.limit(&LONG_CONTENT);
            } else {
                kept.extend_from_slice(bytes);
            }
        }
        if let Some(whole) = &mut self.whole {
            whole.data(ctx, bytes, from);
        }
        if let Some(mail) = &mut self.mail {
            mail.data(ctx, bytes, offset, from);
        }
        let Self {
            parts, rows, names, ..
        } = self;
        if let Some(parts) = parts {
            let made = (rows, names);
            parts.run(ctx, made, offset, from, |s, event| s.push(bytes, event));
        }
    }

    /// Its next `len` bytes are missing.
    pub(super) fn gap(&mut self, ctx: &mut Ctx<'_>, len: u64) {
        self.kept = None;
        self.cut |= ctx.packet.cut;
        self.lost = true;
        if let Some(whole) = &mut self.whole {
            whole.gap(ctx, len);
        }
        if let Some(mail) = &mut self.mail {
            mail.gap(ctx, len);
        }
        let now = (ctx.meta.packet, ctx.meta.time);
        let Self {
            parts, rows, names, ..
        } = self;
        if let Some(parts) = parts {
            parts.run(ctx, (rows, names), 0, now, Splitter::gap);
            if let Some(open) = &mut parts.open {
                open.gap(ctx, len);
            }
        }
    }

    /// The first bytes of a form; nothing for other content.
    pub(super) fn form(&mut self) -> &[u8] {
        let Some(whole) = &mut self.whole else {
            return &[];
        };
        let media = whole.artifact().declared_type.as_deref();
        let is_form = media == Some("application/x-www-form-urlencoded");
        if is_form { whole.head() } else { &[] }
    }

    /// It ended: everything open becomes artifacts. Says how much there is of it.
    pub(super) fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) -> Completeness {
        let how = match how {
            Completeness::Aborted => how,
            _ if self.cut => Completeness::Cut,
            Completeness::Complete if self.lost => Completeness::Lost,
            _ => how,
        };
        let now = (ctx.meta.packet, ctx.meta.time);
        let Self {
            parts, rows, names, ..
        } = self;
        if let Some(mut parts) = parts.take() {
            parts.run(ctx, (rows, names), 0, now, |s, event| {
                s.finish(event);
            });
            let short = if how == Completeness::Complete {
                Completeness::Aborted
            } else {
                how
            };
            if let Some(open) = parts.open.take() {
                close(ctx, open, short, rows);
            }
        }
        if let Some(mail) = self.mail.take() {
            self.rows.extend(mail.end_undescribed(ctx, how));
        }
        if let Some(mut whole) = self.whole.take() {
            let promised = whole.artifact().declared_size.is_some_and(|n| n > 0);
            if !whole.is_empty() || (promised && how != Completeness::Complete) {
                close(ctx, whole, how, &mut self.rows);
            }
        }
        how
    }
}

fn close(ctx: &mut Ctx<'_>, body: Body, how: Completeness, rows: &mut SmallVec<[u32; 1]>) {
    body.end(ctx, how);
    rows.extend(ctx.last_artifact());
}

impl Parts {
    fn run(
        &mut self,
        ctx: &mut Ctx<'_>,
        (rows, names): (&mut SmallVec<[u32; 1]>, &mut SmallVec<[Box<str>; 1]>),
        offset: u64,
        from: (PacketRef, Timestamp),
        step: impl FnOnce(&mut Splitter, &mut dyn FnMut(Event<'_>)),
    ) {
        let Self {
            splitter,
            open,
            template,
            count,
        } = self;
        step(splitter, &mut |event| match event {
            Event::Begin { head, at } => {
                *open = file(template, head, offset.saturating_add_signed(at));
                if let Some(body) = open {
                    *count += 1;
                    let named = body.artifact().names.iter();
                    let mut named = named.filter(|n| n.from == NameSource::Part);
                    if names.len() < NAMES
                        && let Some(n) = named.next()
                    {
                        names.push(n.text.clone());
                    }
                }
                if *count > PARTS {
                    *open = None;
                    ctx.limit(&MANY_PARTS);
                }
            }
            Event::Data(bytes) => {
                if let Some(body) = open {
                    body.data(ctx, bytes, from);
                }
            }
            Event::End => {
                if let Some(body) = open.take() {
                    close(ctx, body, Completeness::Complete, rows);
                }
            }
        });
    }
}

/// The file that a part is: one with a file name, or a range of the resource.
fn file(template: &Artifact, head: &[u8], offset: u64) -> Option<Body> {
    let entity = Entity::of(Fields { bytes: head, at: 0 });
    if entity.disposition.is_none() && entity.range.is_none() {
        return None;
    }
    let mut artifact = template.clone();
    artifact.key.offset = offset;
    artifact.encodings = entity.encodings;
    artifact.declared_size = entity.content_length;
    artifact.declared_type = entity.media;
    if let Some(range) = entity.range {
        artifact.declared_size = Some(range.end - range.start);
        artifact.range = Some(range);
    } else if let Some(name) = &entity.disposition {
        artifact.names = SmallVec::new();
        super::names::add(
            &mut artifact.names,
            short(name).as_bytes(),
            NameSource::Part,
        );
    }
    Some(Body::new(artifact))
}
