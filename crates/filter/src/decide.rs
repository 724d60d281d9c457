//! What can be said of a packet without its bytes: three-valued evaluation for the planner, and
//! the plan in words.

use crate::collect::Collector;
use crate::eval::check;
use crate::program::{Check, Node, Program, Test, Value as Operand, What};
use std::fmt::Write;
use weir_model::{Field, LayerInfo, Origin, Value};

/// Yes, no, or not without reading the packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tri {
    /// It matches.
    Yes,
    /// It does not match.
    No,
    /// The packet must be read.
    Unknown,
}

impl From<bool> for Tri {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// What index and flow record know of one packet.
pub trait Known {
    /// How often the protocol occurs in the packet; `None` when that is not known.
    fn layers(&self, layer: &'static LayerInfo) -> Option<u32>;
    /// Visits every value the field has in the packet and returns true; returns false when they
    /// are not all known. What was visited before a `false` does occur.
    fn values(&self, field: &'static Field, visit: &mut dyn FnMut(Value<'_>)) -> bool;
}

impl Program {
    /// Decides a packet by what is known of it. `scratch` is a collector of this program.
    pub fn decide(&self, known: &dyn Known, scratch: &mut Collector) -> Tri {
        scratch.start(&[]);
        self.node(&self.root, known, scratch)
    }

    fn node(&self, of: &Node, known: &dyn Known, c: &mut Collector) -> Tri {
        match of {
            Node::Or(parts) => self.first(parts, Tri::Yes, Tri::No, known, c),
            Node::And(parts) => self.first(parts, Tri::No, Tri::Yes, known, c),
            Node::Xor(parts) => {
                let mut odd = false;
                for part in parts {
                    match self.node(part, known, c) {
                        Tri::Unknown => return Tri::Unknown,
                        decided => odd ^= decided == Tri::Yes,
                    }
                }
                odd.into()
            }
            Node::Not(inner) => match self.node(inner, known, c) {
                Tri::Yes => Tri::No,
                Tri::No => Tri::Yes,
                Tri::Unknown => Tri::Unknown,
            },
            Node::Test(test) => self.test(test, known, c),
        }
    }

    /// The first part that is `decisive` decides; else all must be known to be the `other`.
    fn first(
        &self,
        parts: &[Node],
        decisive: Tri,
        other: Tri,
        known: &dyn Known,
        c: &mut Collector,
    ) -> Tri {
        let mut out = other;
        for part in parts {
            let part = self.node(part, known, c);
            if part == decisive {
                return decisive;
            }
            if part == Tri::Unknown {
                out = Tri::Unknown;
            }
        }
        out
    }

    fn test(&self, test: &Test, known: &dyn Known, c: &mut Collector) -> Tri {
        let mut complete = true;
        for slot in &test.slots {
            complete &= self.ask(*slot, test, known, c);
        }
        if complete {
            return check(test, c).into();
        }
        if test.layered {
            return Tri::Unknown;
        }
        // Some values are known: one that decides is enough.
        match &test.check {
            Check::Exists(_) => yes_or_unknown(check(test, c)),
            Check::Compare {
                all,
                left: Operand::Ref(_),
                right: Operand::Const(_),
                ..
            }
            | Check::In {
                all,
                negated: false,
                left: Operand::Ref(_),
                ..
            }
            | Check::Matches {
                all,
                left: Operand::Ref(_),
                ..
            } if !self.reads_layers(test) => {
                let known_some = test
                    .slots
                    .iter()
                    .any(|s| c.slots.get(usize::from(*s)).is_some_and(|v| !v.is_empty()));
                match (all, check(test, c)) {
                    (false, yes) => yes_or_unknown(yes),
                    (true, false) if known_some => Tri::No,
                    (true, _) => Tri::Unknown,
                }
            }
            _ => Tri::Unknown,
        }
    }

    fn reads_layers(&self, test: &Test) -> bool {
        test.slots
            .iter()
            .any(|slot| matches!(self.slots.get(usize::from(*slot)), Some(What::Layer(_))))
    }

    /// Fills a slot from what is known, once a packet. Are its values complete?
    fn ask(&self, slot: u16, test: &Test, known: &dyn Known, c: &mut Collector) -> bool {
        let Some(what) = self.slots.get(usize::from(slot)) else {
            return false;
        };
        let complete = match c.asked.get(usize::from(slot)).copied().flatten() {
            Some(complete) => complete,
            None => {
                let complete = match what {
                    What::Layer(layer) => known.layers(layer).is_some_and(|count| {
                        c.put_layers(slot, count);
                        true
                    }),
                    What::Field { declared, raw } => {
                        let absent = !declared.is_anywhere()
                            && declared.layers().all(|l| known.layers(l) == Some(0));
                        absent
                            || (!raw
                                && known.values(declared.field, &mut |value| c.put(slot, value)))
                    }
                };
                if let Some(asked) = c.asked.get_mut(usize::from(slot)) {
                    *asked = Some(complete);
                }
                complete
            }
        };
        let empty = c.slots.get(usize::from(slot)).is_none_or(Vec::is_empty);
        match what {
            // The index knows that a protocol is there, not its bytes.
            What::Layer(_) => {
                complete && (!test.bytes || empty || counts(test)) && (!test.layered || empty)
            }
            What::Field { declared, .. } if test.layered && !empty => {
                // Which layer a value stood in is known only where there is but one.
                let layers = || declared.layers().map(|l| known.layers(l));
                complete
                    && !declared.is_anywhere()
                    && layers().all(|n| n.is_some())
                    && layers().flatten().sum::<u32>() == 1
            }
            What::Field { .. } => complete,
        }
    }

    /// The plan in lines: each test, and where it is decided.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut out = String::new();
        self.explain_node(&self.root, 0, &mut out);
        let names: Vec<&str> = self.needs.layers.iter().map(|l| l.name).collect();
        let reads = if self.needs.any_layer {
            "every layer".to_owned()
        } else {
            names.join(", ")
        };
        let _ = writeln!(out, "when a packet is read, described are: {reads}");
        out
    }

    fn explain_node(&self, of: &Node, depth: usize, out: &mut String) {
        let pad = "  ".repeat(depth);
        let (word, parts): (&str, &[Node]) = match of {
            Node::Or(parts) => ("any of", parts),
            Node::Xor(parts) => ("an odd number of", parts),
            Node::And(parts) => ("all of", parts),
            Node::Not(inner) => ("not", std::slice::from_ref(inner)),
            Node::Test(test) => {
                let place = match self.origin(test) {
                    Origin::Index => "decided by the index",
                    Origin::Flow => "decided by the flow record",
                    Origin::Bytes => "read from bytes",
                };
                let _ = writeln!(out, "{pad}{}: {place}", test.text);
                return;
            }
        };
        let _ = writeln!(out, "{pad}{word}");
        for part in parts {
            self.explain_node(part, depth + 1, out);
        }
    }

    /// The dearest place a value of the test comes from.
    fn origin(&self, test: &Test) -> Origin {
        let mut out = Origin::Index;
        for slot in &test.slots {
            let origin = match self.slots.get(usize::from(*slot)) {
                Some(What::Layer(_)) if !test.bytes || counts(test) => Origin::Index,
                Some(What::Field {
                    declared,
                    raw: false,
                }) => declared.field.origin,
                _ => Origin::Bytes,
            };
            out = match (out, origin) {
                (Origin::Bytes, _) | (_, Origin::Bytes) => Origin::Bytes,
                (Origin::Flow, _) | (_, Origin::Flow) => Origin::Flow,
                _ => Origin::Index,
            };
        }
        out
    }
}

fn yes_or_unknown(yes: bool) -> Tri {
    if yes { Tri::Yes } else { Tri::Unknown }
}

/// `count(ip) == 2` needs no bytes.
fn counts(test: &Test) -> bool {
    use crate::program::Function;
    matches!(
        &test.check,
        Check::Compare {
            left: Operand::Call(Function::Count, _),
            right: Operand::Const(_),
            ..
        }
    )
}
