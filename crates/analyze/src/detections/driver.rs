//! Runs the detections, one after the other and key by key. Judges nothing itself.

use super::{ALL, Finding, Ground, Key, finding};
use crate::answers::plural;
use weir_import::FLOW_RECORDS_ONLY;

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

/// Runs one detection after the other, so that a driver can stop between keys.
pub struct Driver<'a> {
    ground: Ground<'a>,
    at: usize,
    keys: Option<std::vec::IntoIter<Key>>,
    here: Vec<Finding>,
    judged: u64,
    out: Findings,
}

impl<'a> Driver<'a> {
    /// Before the first key.
    #[must_use]
    pub fn new(ground: Ground<'a>) -> Self {
        Self {
            ground,
            at: 0,
            keys: None,
            here: Vec::new(),
            judged: 0,
            out: Findings::default(),
        }
    }

    /// Judges at most `fuel` keys; `true` when all is done.
    pub fn step(&mut self, fuel: u32) -> bool {
        let mut left = fuel.max(1);
        while left > 0 {
            let Some(detection) = ALL.get(self.at) else {
                return true;
            };
            let ground = &self.ground;
            let keys = self
                .keys
                .get_or_insert_with(|| (detection.keys)(ground).into_iter());
            left -= 1;
            if let Some(key) = keys.next() {
                self.judged += 1;
                self.here.extend((detection.judge)(ground, &key));
                continue;
            }
            let n = ground.input.packets();
            let packets = plural(n, "packet");
            let lacking = detection.needs.iter().find_map(|need| need.lacking(ground));
            (detection.rank)(&mut self.here);
            let found = self.here.len() as u64;
            self.out.checked.push(Checked {
                detection: detection.id,
                judged: self.judged,
                found,
                says: if n == 0 && !ground.input.logs.is_empty() {
                    format!("not checked: {FLOW_RECORDS_ONLY}")
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
        }
        self.at >= ALL.len()
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
    let mut driver = Driver::new(ground);
    while !driver.step(u32::MAX) {}
    driver.finish()
}
