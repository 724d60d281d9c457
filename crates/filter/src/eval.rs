//! Runs a program over what a collector gathered.

use crate::ast::Arithmetic;
use crate::collect::{Collector, Item};
use crate::lex::Range;
use crate::program::{Check, Function, Needle, Node, Program, Ref, Relation, Test, Value};
use crate::value::{Val, write};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Values one operand can have in a packet: `tcp.port + tcp.port` has four. More are not made.
const MAX_VALUES: usize = 4096;

impl Program {
    /// Does the packet that `collector` gathered match?
    #[must_use]
    pub fn eval(&self, collector: &Collector) -> bool {
        node(&self.root, collector)
    }
}

fn node(of: &Node, c: &Collector) -> bool {
    match of {
        Node::Or(parts) => parts.iter().any(|p| node(p, c)),
        Node::Xor(parts) => parts.iter().fold(false, |odd, p| odd ^ node(p, c)),
        Node::And(parts) => parts.iter().all(|p| node(p, c)),
        Node::Not(inner) => !node(inner, c),
        Node::Test(test) => check(test, c),
    }
}

pub(crate) fn check(test: &Test, c: &Collector) -> bool {
    match &test.check {
        Check::Exists(of) => items(of, c).next().is_some(),
        Check::Present(of) => {
            let masked = matches!(of, Value::Arithmetic(..));
            quantify(of, c, false, false, |v| match &v {
                Val::Bytes(bytes) if !masked => !bytes.is_empty(),
                v => v.is_set() || !masked,
            })
        }
        Check::Compare {
            all,
            relation,
            left,
            right,
        } => match right {
            Value::Const(right) => quantify(left, c, *all, false, |v| holds(*relation, &v, right)),
            right => {
                let right = values(right, c);
                let one = |v: &Val<'_>| {
                    let mut each = right.iter().map(|r| holds(*relation, v, r));
                    if *all {
                        each.all(|b| b)
                    } else {
                        each.any(|b| b)
                    }
                };
                !right.is_empty() && quantify(left, c, *all, false, |v| one(&v))
            }
        },
        Check::In {
            all,
            negated,
            left,
            set,
        } => {
            let set: Vec<_> = set
                .iter()
                .map(|(low, high)| (Set::of(low, c), high.as_ref().map(|h| Set::of(h, c))))
                .collect();
            let inside = |v: &Val<'_>| {
                set.iter().any(|(low, high)| match high {
                    None => low.any(|low| holds(Relation::Eq, v, low)),
                    Some(high) => {
                        low.any(|low| holds(Relation::Ge, v, low))
                            && high.any(|high| holds(Relation::Le, v, high))
                    }
                })
            };
            quantify(left, c, *all, false, |v| inside(&v)) != *negated
        }
        Check::Contains { all, left, right } => match right {
            Needle::Known(finder) => quantify(left, c, *all, true, |v| match v.bytes() {
                Some(bytes) => !finder.needle().is_empty() && finder.find(&bytes).is_some(),
                None => false,
            }),
            Needle::Read(right) => {
                let right = values(right, c);
                let found = |v: &Val<'_>, r: &Val<'_>| match (v.bytes(), r.bytes()) {
                    (Some(v), Some(r)) => !r.is_empty() && memchr::memmem::find(&v, &r).is_some(),
                    _ => false,
                };
                let one = |v: &Val<'_>| {
                    let mut each = right.iter().map(|r| found(v, r));
                    if *all {
                        each.all(|b| b)
                    } else {
                        each.any(|b| b)
                    }
                };
                !right.is_empty() && quantify(left, c, *all, true, |v| one(&v))
            }
        },
        Check::Matches { all, left, regex } => quantify(left, c, *all, true, |v| {
            v.bytes().is_some_and(|bytes| regex.is_match(&bytes))
        }),
    }
}

/// The values of one element of a set.
enum Set<'a> {
    Const(&'a Val<'static>),
    Read(Vec<Val<'a>>),
}

impl<'a> Set<'a> {
    fn of(value: &'a Value, c: &'a Collector) -> Self {
        match value {
            Value::Const(value) => Self::Const(value),
            value => Self::Read(values(value, c)),
        }
    }

    fn any(&self, test: impl Fn(&Val<'_>) -> bool) -> bool {
        match self {
            Self::Const(value) => test(value),
            Self::Read(values) => values.iter().any(test),
        }
    }
}

/// Any (or all, of at least one) of the operand's values.
fn quantify<'a>(
    of: &'a Value,
    c: &'a Collector,
    all: bool,
    whole: bool,
    test: impl Fn(Val<'a>) -> bool,
) -> bool {
    let mut some = false;
    let mut decide = |v| {
        some = true;
        // Goes on until the first value that decides.
        test(v) == all
    };
    let undecided = match of {
        Value::Ref(of) => items(of, c).all(|item| decide(c.value(item, whole))),
        of => values(of, c).into_iter().all(&mut decide),
    };
    // Undecided means "all held" or "none held".
    some && (undecided == all)
}

fn items<'a>(of: &'a Ref, c: &'a Collector) -> impl Iterator<Item = &'a Item> {
    let slots = of
        .slots
        .iter()
        .filter_map(|slot| c.slots.get(usize::from(*slot)));
    slots
        .flatten()
        .filter(|item| of.layers.is_empty() || in_layers(item.layer, c.layers_of(item), &of.layers))
}

/// Is the `layer`th of `total` occurrences in one of the ranges? Counted from 1; -1 is the last.
fn in_layers(layer: u32, total: u32, ranges: &[Range]) -> bool {
    let layer = i64::from(layer);
    let at = |n: i32| {
        if n < 0 {
            i64::from(total) + 1 + i64::from(n)
        } else {
            i64::from(n)
        }
    };
    ranges.iter().any(|range| match *range {
        Range::Length(start, length) => (at(start)..at(start) + i64::from(length)).contains(&layer),
        Range::Until(start, end) => (at(start)..=at(end)).contains(&layer),
        Range::Rest(start) => layer >= at(start),
    })
}

fn holds(relation: Relation, a: &Val<'_>, b: &Val<'_>) -> bool {
    let Some(order) = a.compare(b) else {
        return relation == Relation::Ne;
    };
    match relation {
        Relation::Eq => order == Ordering::Equal,
        Relation::Ne => order != Ordering::Equal,
        Relation::Lt => order == Ordering::Less,
        Relation::Le => order != Ordering::Greater,
        Relation::Gt => order == Ordering::Greater,
        Relation::Ge => order != Ordering::Less,
    }
}

fn values<'a>(of: &'a Value, c: &'a Collector) -> Vec<Val<'a>> {
    match of {
        Value::Const(value) => vec![value.clone()],
        Value::Ref(of) => items(of, c)
            .take(MAX_VALUES)
            .map(|item| c.value(item, false))
            .collect(),
        Value::Slice(inner, ranges) => {
            let cut = |v: Val<'a>| v.bytes().map(|b| Val::Bytes(Cow::Owned(slice(&b, ranges))));
            values(inner, c).into_iter().filter_map(cut).collect()
        }
        Value::Arithmetic(op, left, right) => {
            let (left, right) = (values(left, c), values(right, c));
            let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
            pairs
                .take(MAX_VALUES)
                .filter_map(|(l, r)| arithmetic(*op, l, r))
                .collect()
        }
        Value::Negative(inner) => values(inner, c)
            .into_iter()
            .filter_map(|v| negative(&v))
            .collect(),
        Value::Call(function, arguments) => call(*function, arguments, c),
    }
}

/// The bytes of `ranges`, up to the first that reaches outside.
fn slice(bytes: &[u8], ranges: &[Range]) -> Vec<u8> {
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let at = |n: i32| {
        if n < 0 {
            length + i64::from(n)
        } else {
            i64::from(n)
        }
    };
    let mut out = Vec::new();
    for range in ranges {
        let (start, end) = match *range {
            Range::Length(start, count) => (at(start), at(start) + i64::from(count)),
            Range::Until(start, end) => (at(start), at(end) + 1),
            Range::Rest(start) => (at(start), length),
        };
        let found = match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) if start < end => bytes.get(start..end),
            _ => None,
        };
        let Some(found) = found else { break };
        out.extend_from_slice(found);
    }
    out
}

pub(crate) fn negative(value: &Val<'_>) -> Option<Val<'static>> {
    match value {
        Val::Number(n) => n.checked_neg().map(Val::Number),
        Val::Float(x) => Some(Val::Float(-x)),
        Val::Span(t) => t.checked_neg().map(Val::Span),
        _ => None,
    }
}

/// `None` where the result does not exist: division by zero, overflow, masks of another length.
pub(crate) fn arithmetic(op: Arithmetic, a: &Val<'_>, b: &Val<'_>) -> Option<Val<'static>> {
    use Arithmetic::{Add, And, Div, Mul, Rem, Sub};
    Some(match (op, a, b) {
        (And, Val::Number(a), Val::Number(b)) => Val::Number(a & b),
        (Add, Val::Number(a), Val::Number(b)) => Val::Number(a.checked_add(*b)?),
        (Sub, Val::Number(a), Val::Number(b)) => Val::Number(a.checked_sub(*b)?),
        (Mul, Val::Number(a), Val::Number(b)) => Val::Number(a.checked_mul(*b)?),
        (Div, Val::Number(a), Val::Number(b)) => Val::Number(a.checked_div(*b)?),
        (Rem, Val::Number(a), Val::Number(b)) => Val::Number(a.checked_rem(*b)?),
        #[expect(
            clippy::cast_precision_loss,
            reason = "arithmetic with a float is as exact as floats are"
        )]
        (_, Val::Number(a), Val::Float(b)) => {
            return arithmetic(op, &Val::Float(*a as f64), &Val::Float(*b));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "arithmetic with a float is as exact as floats are"
        )]
        (_, Val::Float(a), Val::Number(b)) => {
            return arithmetic(op, &Val::Float(*a), &Val::Float(*b as f64));
        }
        (Add, Val::Float(a), Val::Float(b)) => Val::Float(a + b),
        (Sub, Val::Float(a), Val::Float(b)) => Val::Float(a - b),
        (Mul, Val::Float(a), Val::Float(b)) => Val::Float(a * b),
        (Div, Val::Float(a), Val::Float(b)) if *b != 0.0 => Val::Float(a / b),
        (Add, Val::Span(a), Val::Span(b)) => Val::Span(a.checked_add(*b)?),
        (Sub, Val::Span(a), Val::Span(b)) => Val::Span(a.checked_sub(*b)?),
        (Add, Val::Time(a), Val::Span(b)) => Val::Time(a.checked_add(*b)?),
        (Sub, Val::Time(a), Val::Span(b)) => Val::Time(a.checked_sub(*b)?),
        (Sub, Val::Time(a), Val::Time(b)) => Val::Span(a.checked_sub(*b)?),
        (And, Val::V4(a, _), Val::V4(b, _)) => Val::V4(a & b, u32::MAX),
        (And, Val::V6(a, _), Val::V6(b, _)) => Val::V6(a & b, u128::MAX),
        (And, Val::Bytes(a), Val::Bytes(b)) if a.len() == b.len() => Val::Bytes(Cow::Owned(
            a.iter().zip(b.iter()).map(|(a, b)| a & b).collect(),
        )),
        _ => return None,
    })
}

fn call<'a>(function: Function, arguments: &'a [Value], c: &'a Collector) -> Vec<Val<'a>> {
    let mut all = arguments.iter().flat_map(|a| values(a, c));
    let count = |n: usize| Val::Number(i128::try_from(n).unwrap_or(i128::MAX));
    let cased = |v: Val<'a>, change: fn(&[u8]) -> Vec<u8>| match v {
        Val::Bytes(bytes) => Some(Val::Bytes(Cow::Owned(change(&bytes)))),
        _ => None,
    };
    match function {
        Function::Len(size) => all
            .map(|v| count(v.bytes().map_or(size, |b| b.len())))
            .collect(),
        Function::Count => {
            let found: usize = arguments
                .iter()
                .map(|a| {
                    if let Value::Ref(of) = a {
                        items(of, c).count()
                    } else {
                        0
                    }
                })
                .sum();
            if found == 0 {
                Vec::new()
            } else {
                vec![count(found)]
            }
        }
        Function::Lower => all
            .filter_map(|v| cased(v, <[u8]>::to_ascii_lowercase))
            .collect(),
        Function::Upper => all
            .filter_map(|v| cased(v, <[u8]>::to_ascii_uppercase))
            .collect(),
        Function::String(ty) => all
            .filter_map(|v| write(&v, ty).map(|text| Val::Bytes(Cow::Owned(text.into_bytes()))))
            .collect(),
        Function::Abs => {
            let positive = |v: Val<'a>| {
                if holds(Relation::Lt, &v, &zero(&v)?) {
                    negative(&v)
                } else {
                    Some(v)
                }
            };
            all.filter_map(positive).collect()
        }
        Function::Min | Function::Max => {
            let wanted = if function == Function::Min {
                Relation::Lt
            } else {
                Relation::Gt
            };
            let first = all.next();
            first
                .map(|first| {
                    all.fold(
                        first,
                        |best, v| if holds(wanted, &v, &best) { v } else { best },
                    )
                })
                .into_iter()
                .collect()
        }
    }
}

fn zero(like: &Val<'_>) -> Option<Val<'static>> {
    match like {
        Val::Number(_) => Some(Val::Number(0)),
        Val::Float(_) => Some(Val::Float(0.0)),
        Val::Span(_) => Some(Val::Span(0)),
        _ => None,
    }
}
