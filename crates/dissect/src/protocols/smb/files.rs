//! Files that a client has open, and the runs of bytes read from and written to them: each run of adjoining bytes is
//! one artifact, with its place in the file where it is not all of it. Keeps no bytes. Both versions use it.

use crate::body::{Body, BodyKey};
use crate::context::Ctx;
use crate::facts::{Artifact, ArtifactName, Completeness, ContentRange, NameSource};
use crate::protocol::{Direction, Protocol};
use crate::protocols::dcerpc::Pipe;
use smallvec::SmallVec;
use weir_model::{ArtifactId, LimitKind, PacketRef, Timestamp};

/// Files of one connection that are remembered as open.
const OPEN: usize = 512;
/// Runs of one connection that are followed at the same time.
const RUNS: usize = 32;

static MANY_FILES: LimitKind = LimitKind {
    id: "smb.files",
    says: "more files of one connection were open than are remembered; the eldest was taken for closed",
    bound: OPEN as u64,
    unit: "files",
};
static MANY_RUNS: LimitKind = LimitKind {
    id: "smb.runs",
    says: "files of one connection were read or written at more places than are followed; the eldest run ended",
    bound: RUNS as u64,
    unit: "runs",
};

/// What a handle stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum What {
    /// A file, or nobody said.
    #[default]
    File,
    /// A named pipe.
    Pipe,
}

/// A handle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Open {
    /// As the server named it.
    pub(crate) id: u128,
    /// The tree it is in.
    pub(crate) tree: u64,
    pub(crate) what: What,
    /// Its path in the share. Hostile text.
    pub(crate) name: Box<str>,
    /// The share, `\\server\share`; empty where that was not seen. Hostile text.
    pub(crate) share: Box<str>,
    /// Bytes it has, as the server or the client said.
    pub(crate) size: Option<u64>,
    /// Created, accessed, written, changed.
    pub(crate) times: [Timestamp; 4],
    /// The request that opened it.
    pub(crate) asked: Option<(PacketRef, Timestamp)>,
    /// Was it said that it is read, and that it is written?
    pub(crate) told: [bool; 2],
    /// The calls it carries, where it is a pipe.
    pub(crate) pipe: Option<Box<Pipe>>,
}

/// Where bytes of a file stand in the stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) direction: Direction,
    /// Stream offset of the first of them.
    pub(crate) stream: u64,
    /// Its packet and time.
    pub(crate) from: (PacketRef, Timestamp),
}

/// Bytes of a file: which, which way, from where on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    pub(crate) id: u128,
    /// Written, not read.
    pub(crate) sent: bool,
    /// Offset in the file; the greatest means behind what was written last.
    pub(crate) at: u64,
}

#[derive(Clone)]
struct Run {
    id: u128,
    sent: bool,
    start: u64,
    body: Body,
    direction: Direction,
    /// Bytes of its direction were lost: what is missing next may be among them.
    lost: bool,
}

impl Run {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.body.len())
    }
}

/// Every handle of a connection.
#[derive(Clone)]
pub(crate) struct Files {
    protocol: &'static Protocol,
    open: Vec<Open>,
    /// The one used last stands last.
    runs: Vec<Run>,
}

impl Files {
    /// None yet; their artifacts are this protocol's.
    pub(crate) fn new(protocol: &'static Protocol) -> Self {
        Self {
            protocol,
            open: Vec::new(),
            runs: Vec::new(),
        }
    }

    pub(crate) fn get(&mut self, id: u128) -> Option<&mut Open> {
        self.open.iter_mut().rev().find(|o| o.id == id)
    }

    /// A handle was given.
    pub(crate) fn add(&mut self, ctx: &mut Ctx<'_>, open: Open) {
        self.close(ctx, open.id, Completeness::Complete);
        if self.open.len() >= OPEN {
            ctx.limit(&MANY_FILES);
            let eldest = self.open.first().map(|o| o.id);
            if let Some(id) = eldest {
                self.close(ctx, id, Completeness::Complete);
            }
        }
        self.open.push(open);
    }

    /// The handle, made up where it was opened before the capture.
    pub(crate) fn known(&mut self, ctx: &mut Ctx<'_>, id: u128) -> Option<&mut Open> {
        if self.get(id).is_none() {
            self.add(
                ctx,
                Open {
                    id,
                    ..Open::default()
                },
            );
        }
        self.get(id)
    }

    /// Bytes of a file.
    pub(crate) fn data(&mut self, ctx: &mut Ctx<'_>, piece: Piece, bytes: &[u8], place: &Place) {
        let what = self.known(ctx, piece.id).map(|o| (o.what, o.size));
        let Some((What::File, size)) = what.filter(|_| !bytes.is_empty()) else {
            return;
        };
        let Some(mut run) = self.run(ctx, piece, place) else {
            return;
        };
        run.body.data(ctx, bytes, place.from);
        let whole = !piece.sent && run.start == 0 && size == Some(run.end());
        self.runs.push(run);
        if whole {
            let last = self.runs.len().saturating_sub(1);
            self.end_run(ctx, last, None, Completeness::Complete);
        }
    }

    /// Bytes of a file that are not in the capture.
    pub(crate) fn gap(&mut self, ctx: &mut Ctx<'_>, piece: Piece, len: u64, place: &Place) {
        let what = self.known(ctx, piece.id).map(|o| o.what);
        if what != Some(What::File) || len == 0 {
            return;
        }
        if let Some(mut run) = self.run(ctx, piece, place) {
            run.body.gap(ctx, len);
            self.runs.push(run);
        }
    }

    /// The run that these bytes continue, taken out; else a new one.
    fn run(&mut self, ctx: &mut Ctx<'_>, piece: Piece, place: &Place) -> Option<Run> {
        let same = |r: &Run| r.id == piece.id && r.sent == piece.sent;
        let behind = piece.at == u64::MAX;
        let next = self
            .runs
            .iter()
            .rposition(|r| same(r) && (behind || r.end() == piece.at));
        if let Some(n) = next {
            return Some(self.runs.remove(n));
        }
        let torn = |r: &Run| same(r) && r.lost && r.end() < piece.at;
        if let Some(n) = self.runs.iter().rposition(torn) {
            let mut run = self.runs.remove(n);
            let len = piece.at - run.end();
            run.body.gap(ctx, len);
            run.lost = false;
            return Some(run);
        }
        if self.runs.len() >= RUNS {
            ctx.limit(&MANY_RUNS);
            self.end_run(ctx, 0, None, Completeness::Complete);
        }
        let start = if behind { 0 } else { piece.at };
        let body = Body::new(self.draft(ctx, piece, place)?);
        Some(Run {
            id: piece.id,
            sent: piece.sent,
            start,
            body,
            direction: place.direction,
            lost: false,
        })
    }

    fn draft(&mut self, ctx: &Ctx<'_>, piece: Piece, place: &Place) -> Option<Artifact> {
        let flow = ctx.flow()?;
        let protocol = self.protocol;
        // Who asks is who writes, whoever opened the connection.
        let asks = if piece.sent {
            place.direction
        } else {
            place.direction.other()
        };
        let (client, server) = match asks {
            Direction::Forward => (flow.client, flow.server),
            Direction::Backward => (flow.server, flow.client),
        };
        let mut artifact = Artifact {
            id: ArtifactId::default(),
            key: BodyKey {
                flow: flow.id,
                direction: place.direction,
                offset: place.stream,
            },
            protocol,
            message: None,
            names: SmallVec::new(),
            declared_type: None,
            found_type: None,
            encodings: SmallVec::new(),
            declared_size: None,
            wire_size: 0,
            missing: SmallVec::new(),
            range: None,
            validator: None,
            url: Box::default(),
            client,
            server,
            sent: piece.sent,
            ascii: false,
            asked: None,
            first: PacketRef::default(),
            last: PacketRef::default(),
            begun: Timestamp::default(),
            ended: Timestamp::default(),
            state: Completeness::Complete,
        };
        let open = self.get(piece.id)?;
        artifact.asked = open.asked;
        artifact.validator = Some(format!("F{:032x}", piece.id).into());
        let path = open.name.trim_start_matches('\\');
        let last = path.rsplit('\\').next().unwrap_or_default();
        if !last.is_empty() {
            artifact.names.push(ArtifactName {
                text: last.into(),
                from: NameSource::Path,
            });
            let share = open.share.trim_start_matches('\\');
            let share = if share.is_empty() {
                server.0.to_string()
            } else {
                share.to_owned()
            };
            artifact.url = format!("smb://{share}/{path}").replace('\\', "/").into();
        }
        Some(artifact)
    }

    /// A run is over. `total`: bytes of the file, where that is known by now.
    fn end_run(&mut self, ctx: &mut Ctx<'_>, n: usize, total: Option<u64>, how: Completeness) {
        if n >= self.runs.len() {
            return;
        }
        let mut run = self.runs.remove(n);
        let size = self.get(run.id).and_then(|o| o.size);
        let total = total.or(size.filter(|_| !run.sent));
        let (start, end) = (run.start, run.end());
        let part = start > 0 || total.is_some_and(|t| end < t);
        let artifact = run.body.artifact();
        artifact.declared_size = if part { Some(end - start) } else { total };
        artifact.range = part.then_some(ContentRange { start, end, total });
        run.body.end(ctx, how);
    }

    /// A handle is no more.
    pub(crate) fn close(&mut self, ctx: &mut Ctx<'_>, id: u128, how: Completeness) {
        let size = self.get(id).and_then(|o| o.size);
        let ends = self
            .runs
            .iter()
            .filter(|r| r.id == id && r.sent)
            .map(Run::end);
        let written = ends.max().map(|end| end.max(size.unwrap_or(0)));
        while let Some(n) = self.runs.iter().position(|r| r.id == id) {
            let sent = self.runs.get(n).is_some_and(|r| r.sent);
            self.end_run(ctx, n, written.filter(|_| sent), how);
        }
        self.open.retain(|o| o.id != id);
    }

    /// Every handle of a tree is no more.
    pub(crate) fn close_tree(&mut self, ctx: &mut Ctx<'_>, tree: u64) {
        let ids: Vec<u128> = self
            .open
            .iter()
            .filter(|o| o.tree == tree)
            .map(|o| o.id)
            .collect();
        for id in ids {
            self.close(ctx, id, Completeness::Complete);
        }
    }

    /// Bytes that runs and handles keep, roughly: asked after every segment, so names are not counted one by one.
    pub(crate) fn held(&self) -> usize {
        const NAMES: usize = 64;
        let run = |r: &Run| size_of::<Artifact>() + r.body.head().len();
        let pipes = self.open.iter().filter_map(|o| o.pipe.as_ref());
        self.runs.iter().map(run).sum::<usize>()
            + self.open.len() * (size_of::<Open>() + NAMES)
            + pipes.map(|p| size_of::<Pipe>() + p.held()).sum::<usize>()
    }

    /// Bytes of a direction were lost.
    pub(crate) fn lost(&mut self, direction: Direction) {
        for run in self.runs.iter_mut().filter(|r| r.direction == direction) {
            run.lost = true;
        }
    }

    /// The connection is over.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        while let Some(id) = self.open.first().map(|o| o.id) {
            self.close(ctx, id, how);
        }
    }
}
