//! Keys of a session: taken from key logs and captures, handed to every chain, and who must be read again for them.

use crate::session::Session;
use std::rc::Rc;
use weir_dissect::secrets::{Came, Origin, Secrets};
use weir_model::CaptureId;

/// Decryption secrets that are a TLS key log (pcapng section 4.7).
pub(crate) const TLS_KEY_LOG: u32 = 0x544c_534b;

/// Bytes of a key log file that are read.
pub(crate) const KEY_LOG: u64 = 64 << 20;

/// How many conversations are sealed by TLS, and how many of them are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Opened {
    /// TLS conversations over TCP, captures that repeat others left out.
    pub conversations: u64,
    /// Of which keys opened something.
    pub opened: u64,
    /// Of these, those that did not open to their end.
    pub partly: u64,
    /// With keys none of whose records opened.
    pub refused: u64,
}

impl Session {
    /// Changes the keys; every chain has them from then on. The chains share one store, which is not copied.
    fn change_secrets<R>(&mut self, change: impl FnOnce(&mut Secrets) -> R) -> R {
        for chain in &mut self.chains {
            chain.dissector.set_secrets(Rc::default());
        }
        let out = change(Rc::make_mut(&mut self.secrets));
        for chain in &mut self.chains {
            chain.dissector.set_secrets(Rc::clone(&self.secrets));
        }
        out
    }

    /// Takes key log lines in: whole lines, or up to the end of their source. Chains that were read without keys
    /// which they needed are marked, for [`crate::Load`] to read them again.
    pub(crate) fn add_keys(&mut self, origin: &Origin, text: &[u8]) {
        let came: Came = self.change_secrets(|s| s.add(origin, text));
        for chain in &mut self.chains {
            chain.stale |= chain.dissector.lacked(&came);
        }
    }

    /// Takes a source's keys away. Every chain that may have used them must be read again: a [`crate::Load`]
    /// without files does that. `false` when there is no such source.
    pub fn forget_keys(&mut self, origin: &Origin) -> bool {
        if !self.change_secrets(|s| s.forget(origin)) {
            return false;
        }
        for chain in 0..self.chains.len() {
            self.void(chain);
        }
        self.generation += 1;
        self.layout += 1;
        true
    }

    /// A capture is gone.
    pub(crate) fn keys_left(&mut self, capture: CaptureId) {
        self.change_secrets(|s| s.left(capture));
    }

    /// Chains that were read without keys which came later no longer hold.
    pub(crate) fn void_stale(&mut self) {
        for n in 0..self.chains.len() {
            if self.chains.get(n).is_some_and(|c| c.stale) {
                self.void(n);
            }
        }
    }

    /// How much of what TLS sealed is read.
    #[must_use]
    pub fn opened(&self) -> Opened {
        let mut out = Opened::default();
        for chain in &self.chains {
            for row in chain
                .facts()
                .messages
                .all::<weir_dissect::protocols::tls::Handshake>()
            {
                let repeats = self
                    .capture(row.meta.first.capture)
                    .is_some_and(|c| c.same_as.is_some());
                let tcp = row.meta.flow.and_then(|f| chain.facts().flow(f));
                if repeats || tcp.is_none_or(|f| f.transport != weir_dissect::Transport::Tcp) {
                    continue;
                }
                out.conversations += 1;
                out.opened += u64::from(row.opened);
                out.partly += u64::from(row.opened && row.unopened);
                out.refused += u64::from(!row.opened && row.unopened);
            }
        }
        out
    }
}
