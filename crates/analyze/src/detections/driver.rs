//! Runs the detections, one after the other and key by key. Judges nothing itself.

use super::{ALL, Basis, Finding, Ground, Key, Need, Prepared, finding};
use crate::answers::plural;
use weir_import::FLOW_RECORDS_ONLY;
use weir_model::LimitKind;

/// Findings of one detection that are kept, the gravest first: a list that nobody can read helps nobody.
pub static MANY_FINDINGS: LimitKind = LimitKind {
    id: "findings.rows",
    says: "more findings of one detection than are listed; the gravest are",
    bound: 500,
    unit: "findings",
};

/// What one detection gave.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its id.
    pub detection: &'static str,
    /// Things judged.
    pub judged: u64,
    /// Findings.
    pub found: u64,
    /// What of its needs the captures do not give: why nothing found means nothing.
    pub lacking: Option<String>,
    /// In words: `checked, nothing found in 1,204 packets`.
    pub says: String,
}

impl Checked {
    /// Could it be made, as far as "nothing found" means anything?
    #[must_use]
    pub fn made(&self) -> bool {
        self.found > 0 || self.lacking.is_none()
    }
}

/// What all detections gave.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// By severity, confidence and detection.
    pub rows: Vec<Finding>,
    /// One row per detection.
    pub checked: Vec<Checked>,
}

/// Runs one detection after the other, so that a door can stop between keys. It holds nothing of the captures: what
/// they are comes with every step, and must be the same each time.
pub struct Driver {
    prepared: Prepared,
    at: usize,
    keys: Option<std::vec::IntoIter<Key>>,
    here: Vec<Finding>,
    judged: u64,
    out: Findings,
}

impl Driver {
    /// Before the first key; what is put together for it is kept.
    #[must_use]
    pub fn begun(ground: Ground<'_>) -> Self {
        Self {
            prepared: ground.pause(),
            at: 0,
            keys: None,
            here: Vec::new(),
            judged: 0,
            out: Findings::default(),
        }
    }

    /// Judges at most `fuel` keys; `true` when all is done.
    pub fn step(&mut self, on: Basis<'_>, fuel: u32) -> bool {
        let prepared = std::mem::take(&mut self.prepared);
        let ground = Ground::resumed(on, prepared);
        let mut left = fuel.max(1);
        while left > 0 && self.at < ALL.len() {
            left -= self.one(&ground, left);
        }
        self.prepared = ground.pause();
        self.at >= ALL.len()
    }

    /// Judges a key, begins a detection or ends it; gives what of `left` that took.
    fn one(&mut self, ground: &Ground<'_>, left: u32) -> u32 {
        let Some(detection) = ALL.get(self.at) else {
            return left;
        };
        let Some(keys) = &mut self.keys else {
            // What the missing side causes looks like what is looked for.
            let sides = detection.needs.contains(&Need::BothWays);
            let keys = if sides && Need::BothWays.lacking(ground).is_some() {
                Vec::new()
            } else {
                (detection.keys)(ground)
            };
            self.keys = Some(keys.into_iter());
            // To gather keys is to look at everything: what comes of it waits for the next step.
            return left;
        };
        if let Some(key) = keys.next() {
            self.judged += 1;
            self.here.extend((detection.judge)(ground, &key));
            return 1;
        }
        let n = ground.input.packets();
        let packets = plural(n, "packet");
        let lacking = detection.needs.iter().find_map(|need| need.lacking(ground));
        (detection.rank)(&mut self.here);
        let found = self.here.len() as u64;
        if found > MANY_FINDINGS.bound {
            finding::order(&mut self.here);
            self.here
                .truncate(usize::try_from(MANY_FINDINGS.bound).unwrap_or(usize::MAX));
        }
        self.out.checked.push(Checked {
            detection: detection.id,
            judged: self.judged,
            found,
            says: if n == 0 && !ground.input.logs.is_empty() {
                format!("not checked: {FLOW_RECORDS_ONLY}")
            } else if found > MANY_FINDINGS.bound {
                let all = plural(found, "finding");
                let bound = MANY_FINDINGS.bound;
                format!("checked, {all} in {packets}; the gravest {bound} are listed")
            } else if found > 0 {
                format!("checked, {found} found in {packets}")
            } else {
                match &lacking {
                    Some(why) => format!("not checked: {why}"),
                    None => format!("checked, nothing found in {packets}"),
                }
            },
            lacking,
        });
        self.out.rows.append(&mut self.here);
        (self.keys, self.judged) = (None, 0);
        self.at += 1;
        1
    }

    /// Detections done, and of how many.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.at as u64, ALL.len() as u64)
    }

    /// What there is.
    #[must_use]
    pub fn finish(mut self) -> Findings {
        finding::order(&mut self.out.rows);
        self.out
    }
}

/// Runs everything.
#[must_use]
pub fn run(ground: Ground<'_>) -> Findings {
    let on = Basis {
        input: ground.input,
        env: ground.env,
        answers: ground.answers,
        against: ground.against,
    };
    let mut driver = Driver::begun(ground);
    while !driver.step(on, u32::MAX) {}
    driver.finish()
}
