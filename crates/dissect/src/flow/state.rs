//! What a flow needs while it is being read. Dropped, cloned for checkpoints and swapped for replay;
//! what outlives it is the flow record.

use super::assembler::Half;
use crate::protocol::{Protocol, StreamDissector};
use std::any::Any;

/// State a datagram or transport protocol keeps with a flow. Must be bounded.
pub trait FlowState: Any {
    /// A copy.
    fn box_clone(&self) -> Box<dyn FlowState>;
    /// For the owner to get its own type back.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

/// The states of a flow, found by type.
#[derive(Default)]
pub(crate) struct States(Vec<Box<dyn FlowState>>);

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

/// A flow being read.
#[derive(Clone)]
pub(crate) struct Live {
    /// By direction.
    pub(crate) halves: [Half; 2],
    /// Who reads it.
    pub(crate) app: App,
    /// Data packets seen while undecided.
    pub(crate) undecided: u8,
    /// Stream bytes delivered since the last checkpoint.
    pub(crate) since_checkpoint: u64,
    /// Of transport and datagram protocols.
    pub(crate) states: States,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            halves: [Half::default(), Half::default()],
            app: App::Undecided,
            undecided: 0,
            since_checkpoint: 0,
            states: States::default(),
        }
    }

    /// Is there anything a close could still tell?
    pub(crate) fn is_open(&self) -> bool {
        let open = self.halves.iter().any(|h| !h.closed);
        match self.app {
            App::Known(..) => open,
            App::Undecided => self
                .halves
                .iter()
                .any(|h| !h.buffer.is_empty() || h.has_waiting()),
            App::Unknown => false,
        }
    }

    /// Heap it keeps, roughly.
    pub(crate) fn heap(&self) -> usize {
        size_of::<Self>() + self.halves.iter().map(Half::held).sum::<usize>() + 512
    }
}
