//! Counts over facts: protocol hierarchy, conversations, endpoints, Community ID. Concludes nothing.

mod community;
mod conversations;
mod hierarchy;

pub use community::{community_id, of_flow};
pub use conversations::{Conversation, Endpoint, conversations, endpoints};
pub use hierarchy::{Level, hierarchy};
