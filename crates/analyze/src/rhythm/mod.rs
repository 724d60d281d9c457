//! Does something repeat, how, and when does it come next? Times in, models and intervals out. Knows no traffic.
//!
//! Two mechanisms make things repeat. A *sleeper* waits a while after each time, so its phase drifts and its gaps
//! tell; a *clock* is tied to the time of day or hour, so its phase tells, and few times suffice. Both are compared
//! with what would come of the same number of times drawn from everything else the host did.

mod change;
mod checkins;
mod clock;
mod foretold;
mod next;
mod null;
mod numbers;
mod random;
mod sleeper;

pub use change::segments;
pub use checkins::{CheckIns, collapse};
pub use clock::Clock;
pub use foretold::{Foretold, Outcome, foretold};
pub use next::{Forecast, forecast_clock, forecast_sleeper};
pub use null::{Model, Null, Verdict, judge};
pub use numbers::{mad, median};
pub use random::Random;
pub use sleeper::Sleeper;

/// Fewest gaps that a period is taken from.
pub const GAPS: usize = 4;
