//! What a flow needs while it is being read. Dropped, cloned for checkpoints and swapped for replay;
//! what outlives it is the flow record.

use super::assembler::{Half, Stand};
use super::held::Turn;
use crate::context::Ctx;
use crate::protocol::{Direction, Protocol, StreamDissector};
use smallvec::SmallVec;
use std::any::Any;
use std::ops::{Index, IndexMut};
use weir_model::Timestamp;

/// State a datagram or transport protocol keeps with a flow. Must be bounded.
pub trait FlowState: Any {
    /// A copy.
    fn box_clone(&self) -> Box<dyn FlowState>;
    /// For the owner to get its own type back.
    fn as_any_mut(&mut self) -> &mut dyn Any;
    /// Would [`FlowState::end`] tell anything?
    fn is_open(&self) -> bool {
        false
    }
    /// The flow carries no more: what is under way is told as it stands.
    fn end(&mut self, _: &mut Ctx<'_>) {}
}

/// The states of a flow, found by type.
#[derive(Default)]
pub(crate) struct States(SmallVec<[Box<dyn FlowState>; 1]>);

impl States {
    /// The state of type `T`, made when missing.
    pub(crate) fn get<T: FlowState + Default>(&mut self) -> &mut T {
        let at = self
            .0
            .iter_mut()
            .position(|s| s.as_any_mut().is::<T>())
            .unwrap_or_else(|| {
                self.0.push(Box::new(T::default()));
                self.0.len() - 1
            });
        // Found or just put there.
        #[allow(clippy::expect_used)]
        self.0
            .get_mut(at)
            .and_then(|s| s.as_any_mut().downcast_mut())
            .expect("state of its own type")
    }
}

impl States {
    /// Has any of them something to tell at the end?
    pub(crate) fn is_open(&self) -> bool {
        self.0.iter().any(|s| s.is_open())
    }

    /// The flow carries no more.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>) {
        self.0.iter_mut().for_each(|s| s.end(ctx));
    }
}

impl Clone for States {
    fn clone(&self) -> Self {
        Self(self.0.iter().map(|s| s.box_clone()).collect())
    }
}

/// Who reads a flow's streams.
pub(crate) enum App {
    /// Not known yet: bytes are held.
    Undecided,
    /// This dissector.
    Known(&'static Protocol, Box<dyn StreamDissector>),
    /// Nobody: bytes are counted.
    Unknown,
}

impl Clone for App {
    fn clone(&self) -> Self {
        match self {
            Self::Undecided => Self::Undecided,
            Self::Known(p, d) => Self::Known(p, d.box_clone()),
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Both directions of a TCP connection; nothing where no segment was placed yet, or none will be.
#[derive(Clone, Default)]
pub(crate) struct Halves(Option<Box<[Half; 2]>>);

static EMPTY: Half = Half::EMPTY;

impl Halves {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Half> {
        self.0.iter().flat_map(|h| h.iter())
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Half> {
        self.0.iter_mut().flat_map(|h| h.iter_mut())
    }
}

impl Index<Direction> for Halves {
    type Output = Half;

    fn index(&self, direction: Direction) -> &Half {
        match (&self.0, direction) {
            (None, _) => &EMPTY,
            (Some(both), Direction::Forward) => &both[0],
            (Some(both), Direction::Backward) => &both[1],
        }
    }
}

impl IndexMut<Direction> for Halves {
    fn index_mut(&mut self, direction: Direction) -> &mut Half {
        let both = self.0.get_or_insert_with(Box::default);
        match direction {
            Direction::Forward => &mut both[0],
            Direction::Backward => &mut both[1],
        }
    }
}

/// A flow being read.
#[derive(Clone)]
pub(crate) struct Live {
    /// By direction.
    pub(crate) halves: Halves,
    /// Who reads it.
    pub(crate) app: App,
    /// Both directions were closed: nothing more is put in order.
    pub(crate) finished: bool,
    /// After a reset: sequence number of the first byte and first offset not delivered, by direction. A reset
    /// that its receiver did not believe ends nothing.
    pub(crate) after_reset: Option<Box<[Stand; 2]>>,
    /// What its datagrams carry, once one told.
    pub(crate) carried: Option<&'static Protocol>,
    /// Time of its latest packet.
    pub(crate) latest: Option<Timestamp>,
    /// Data packets seen while undecided.
    pub(crate) undecided: u8,
    /// Its first protocol made way for one that is not named: the port says nothing of that.
    pub(crate) handed_over: bool,
    /// Stream bytes delivered since the last checkpoint.
    pub(crate) since_checkpoint: u32,
    /// What it may hold, and what of that is counted.
    pub(crate) turn: Turn,
    /// Of transport and datagram protocols.
    pub(crate) states: States,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            halves: Halves::default(),
            finished: false,
            after_reset: None,
            carried: None,
            latest: None,
            app: App::Undecided,
            undecided: 0,
            handed_over: false,
            since_checkpoint: 0,
            turn: Turn::default(),
            states: States::default(),
        }
    }

    /// Is there anything a close could still tell?
    pub(crate) fn is_open(&self) -> bool {
        if self.finished {
            return false;
        }
        let open = self.halves.iter().any(|h| !h.closed);
        if self.states.is_open() {
            return true;
        }
        match self.app {
            App::Known(..) => open,
            App::Undecided => self
                .halves
                .iter()
                .any(|h| !h.buffer.is_empty() || h.has_waiting()),
            App::Unknown => false,
        }
    }

    /// Both directions are closed: what put them in order is dropped.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
        self.halves = Halves::default();
        self.app = App::Unknown;
    }

    /// As [`Live::finish`], but a reset did it: where both directions stood is kept.
    pub(crate) fn finish_by_reset(&mut self) {
        let at = |d| self.halves[d].stands();
        self.after_reset = Some(Box::new([at(Direction::Forward), at(Direction::Backward)]));
        self.finish();
    }

    /// Goes on where it stood.
    pub(crate) fn reopen(&mut self) {
        if let Some(at) = self.after_reset.take() {
            self.halves[Direction::Forward] = Half::standing(at[0]);
            self.halves[Direction::Backward] = Half::standing(at[1]);
            self.finished = false;
        }
    }

    /// Bytes of its streams that wait or are compared with, with what keeping them costs.
    pub(crate) fn waiting(&self) -> usize {
        self.halves.iter().map(Half::held).sum()
    }

    /// What its dissector keeps of them.
    pub(crate) fn read(&self) -> usize {
        match &self.app {
            App::Known(_, dissector) => dissector.held(),
            App::Undecided | App::Unknown => 0,
        }
    }

    /// All of that.
    pub(crate) fn held(&self) -> usize {
        self.waiting() + self.read()
    }

    /// Heap it keeps, roughly.
    pub(crate) fn heap(&self) -> usize {
        size_of::<Self>() + self.held() + 512
    }
}
