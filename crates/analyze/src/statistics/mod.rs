//! Counts over packets and facts: protocol hierarchy, conversations and endpoints, expert summary, response
//! times, Community ID. Concludes nothing; whoever reads packets fills the tables, each bounded.

mod community;
mod experts;
mod hierarchy;
mod pairs;
mod responses;

pub use community::{community_id, of_flow};
pub use experts::{Expert, Experts, MANY_EXPERTS};
pub use hierarchy::{Hierarchy, Level};
pub use pairs::{Conversation, End, Endpoint, MANY_PAIRS, Pairs, Way};
pub use responses::{MANY_RESPONSES, Responses, Service};
