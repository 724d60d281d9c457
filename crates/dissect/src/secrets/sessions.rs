//! Sessions that go on in another conversation (RFC 5246 appendix F.1.4, RFC 5077): what opens the first opens the
//! others. Remembers while the chain is loaded; a replay is given what the load found.

use super::Secret;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use sha2::{Digest, Sha256};
use weir_model::{FlowId, LimitKind};

/// Sessions remembered; later ones are not.
const SESSIONS: usize = 1 << 14;

pub(crate) static MANY_SESSIONS: LimitKind = LimitKind {
    id: "tls.sessions",
    says: "more TLS sessions than are remembered; conversations that go on with a later one, and have no key of their own, stay closed",
    bound: SESSIONS as u64,
    unit: "sessions",
};

/// A session's id or ticket, by its digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct SessionName([u8; 16]);

impl SessionName {
    /// `None` for an empty one.
    pub(crate) fn of(id: &[u8]) -> Option<Self> {
        let digest: [u8; 32] = Sha256::digest(id).into();
        let name = digest.first_chunk().map(|d| Self(*d));
        name.filter(|_| !id.is_empty())
    }
}

/// Of a chain.
pub(crate) struct Sessions {
    known: HashMap<SessionName, Secret, FixedState>,
    /// Conversations that went on with one.
    adopted: HashMap<FlowId, Secret, FixedState>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            known: HashMap::with_hasher(FixedState::default()),
            adopted: HashMap::with_hasher(FixedState::default()),
        }
    }
}

impl Sessions {
    /// This session has this secret. `false` where there was no room.
    pub(crate) fn learn(&mut self, name: SessionName, secret: Secret) -> bool {
        let room = self.known.len() < SESSIONS;
        if room {
            self.known.insert(name, secret);
        }
        room
    }

    /// The load: a conversation goes on with one of these sessions.
    pub(crate) fn adopt(
        &mut self,
        flow: FlowId,
        names: [Option<SessionName>; 2],
    ) -> Option<Secret> {
        let found = names.into_iter().flatten().find_map(|n| self.known.get(&n));
        let secret = *found?;
        self.adopted.insert(flow, secret);
        Some(secret)
    }

    /// A replay: what the load found for the conversation.
    pub(crate) fn adopted(&self, flow: FlowId) -> Option<Secret> {
        self.adopted.get(&flow).copied()
    }
}
