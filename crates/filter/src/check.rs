//! A syntax tree and a schema to a program: names resolved, literals typed, comparisons checked.

use crate::ast::{Arithmetic, Compare, Expr, Operand, OperandKind, Quantifier, Test as Tested};
use crate::error::FilterError;
use crate::eval::{arithmetic, negative};
use crate::lex::Range;
use crate::nearest::nearest;
use crate::pattern;
use crate::program::{
    Check, Function, Needle, Needs, Node, Program, Ref, Relation, Test, Value, What,
};
use crate::schema::{Declared, Schema, suggestions};
use crate::value::{ANY_NUMBER, Family, Type, Val};
use crate::{Span, literal};
use memchr::memmem::Finder;

/// Builds the program of `expr`, which was parsed from `text`.
pub(crate) fn compile(text: &str, expr: Expr, schema: &dyn Schema) -> Result<Program> {
    let mut compiler = Compiler {
        text,
        schema,
        slots: Vec::new(),
        needs: Needs::default(),
        used: Vec::new(),
        layered: false,
    };
    let root = compiler.expr(&expr)?;
    Ok(Program {
        root,
        slots: compiler.slots,
        needs: compiler.needs,
        expr,
    })
}

/// An operand with its type, and the fields whose words its literals may use.
struct Typed {
    value: Value,
    ty: Type,
    fields: Vec<Declared>,
}

impl Typed {
    fn plain(value: Value, ty: Type) -> Self {
        Self {
            value,
            ty,
            fields: Vec::new(),
        }
    }
}

struct Compiler<'a> {
    text: &'a str,
    schema: &'a dyn Schema,
    slots: Vec<What>,
    needs: Needs,
    /// Slots of the test at hand.
    used: Vec<u16>,
    layered: bool,
}

type Result<T> = std::result::Result<T, FilterError>;

fn fail<T>(span: Span, message: impl Into<String>) -> Result<T> {
    Err(FilterError::new(span, message))
}

impl Compiler<'_> {
    fn expr(&mut self, expr: &Expr) -> Result<Node> {
        let mut all = |parts: &[Expr]| {
            parts
                .iter()
                .map(|p| self.expr(p))
                .collect::<Result<Vec<_>>>()
        };
        Ok(match expr {
            Expr::Or(parts) => Node::Or(all(parts)?),
            Expr::Xor(parts) => Node::Xor(all(parts)?),
            Expr::And(parts) => Node::And(all(parts)?),
            Expr::Not(inner) => Node::Not(Box::new(self.expr(inner)?)),
            Expr::Test(test, _) => self.test(test)?,
        })
    }

    fn test(&mut self, test: &Tested) -> Result<Node> {
        let all = |which: &Option<Quantifier>| *which == Some(Quantifier::All);
        match test {
            Tested::Exists(operand) => {
                let check = self.exists(operand)?;
                Ok(self.finish(check, test.to_string()))
            }
            Tested::Compare(which, first, chain) => {
                let mut left = first;
                let mut parts = Vec::new();
                for (op, right) in chain {
                    let (a, b) = self.pair(left, right)?;
                    let relation = match op {
                        Compare::Eq | Compare::AllEq => Relation::Eq,
                        Compare::Ne | Compare::AnyNe => Relation::Ne,
                        Compare::Lt => Relation::Lt,
                        Compare::Le => Relation::Le,
                        Compare::Gt => Relation::Gt,
                        Compare::Ge => Relation::Ge,
                    };
                    let all = match which {
                        Some(which) => *which == Quantifier::All,
                        None => matches!(op, Compare::Ne | Compare::AllEq),
                    };
                    self.needs_bytes();
                    let text = format!("{left} {} {right}", op.symbol());
                    // A constant on the left is turned over, so that fields are read one by one.
                    let check = match (a, b) {
                        (a @ Value::Const(_), b) => Check::Compare {
                            all,
                            relation: turned(relation),
                            left: b,
                            right: a,
                        },
                        (a, b) => Check::Compare {
                            all,
                            relation,
                            left: a,
                            right: b,
                        },
                    };
                    parts.push(self.finish(check, text));
                    left = right;
                }
                Ok(match (parts.len(), parts.pop()) {
                    (1, Some(only)) => only,
                    (_, last) => {
                        parts.extend(last);
                        Node::And(parts)
                    }
                })
            }
            Tested::In(which, left, negated, set) => {
                let typed = self.operand(left, None)?;
                valued(&typed, left.span, "in")?;
                let mut elements = Vec::new();
                for (low, high) in set {
                    let low = self.element(low, &typed, left)?;
                    let high = high
                        .as_ref()
                        .map(|h| self.element(h, &typed, left))
                        .transpose()?;
                    elements.push((low, high));
                }
                self.needs_bytes();
                let check = Check::In {
                    all: all(which),
                    negated: *negated,
                    left: typed.value,
                    set: elements,
                };
                Ok(self.finish(check, test.to_string()))
            }
            Tested::Contains(which, left, right) => {
                let typed = self.operand(left, None)?;
                searchable(&typed, left.span, "contains")?;
                let within = Typed {
                    ty: if typed.ty == Type::Text {
                        Type::Text
                    } else {
                        Type::Bytes
                    },
                    ..typed
                };
                let right = match self.element(right, &within, left)? {
                    Value::Const(Val::Bytes(bytes)) => {
                        Needle::Known(Box::new(Finder::new(&*bytes).into_owned()))
                    }
                    other => Needle::Read(other),
                };
                self.needs_bytes();
                let check = Check::Contains {
                    all: all(which),
                    left: within.value,
                    right,
                };
                Ok(self.finish(check, test.to_string()))
            }
            Tested::Matches(which, left, right) => {
                let typed = self.operand(left, None)?;
                searchable(&typed, left.span, "matches")?;
                let OperandKind::Text(bytes) = &right.kind else {
                    return fail(
                        right.span,
                        "matches needs a regular expression between double quotes",
                    );
                };
                let regex = pattern::build(bytes, self.text, right.span)?;
                self.needs_bytes();
                let check = Check::Matches {
                    all: all(which),
                    left: typed.value,
                    regex,
                };
                Ok(self.finish(check, test.to_string()))
            }
        }
    }

    fn finish(&mut self, check: Check, text: String) -> Node {
        let mut slots = std::mem::take(&mut self.used);
        slots.sort_unstable();
        slots.dedup();
        let layered = std::mem::take(&mut self.layered);
        let bytes = !matches!(check, Check::Exists(_));
        Node::Test(Box::new(Test {
            check,
            slots,
            layered,
            bytes,
            text,
        }))
    }

    /// The test at hand reads values: of protocols and raw fields, the packet's bytes.
    fn needs_bytes(&mut self) {
        let reads = |slot: &u16| match self.slots.get(usize::from(*slot)) {
            Some(What::Layer(_)) => true,
            Some(What::Field { raw, .. }) => *raw,
            None => false,
        };
        self.needs.bytes |= self.used.iter().any(reads);
    }

    fn exists(&mut self, operand: &Operand) -> Result<Check> {
        match &operand.kind {
            OperandKind::Call(name, _) => fail(
                operand.span,
                format!("{name}() is always there; compare its result"),
            ),
            OperandKind::Text(_) | OperandKind::Char(_) => {
                fail(operand.span, "a literal is neither a field nor a protocol")
            }
            OperandKind::Negative(_) => fail(operand.span, "compare this value with something"),
            OperandKind::Binary(op, ..) if *op != Arithmetic::And => fail(
                operand.span,
                "compare the result of this arithmetic with something",
            ),
            _ => match self.operand(operand, None)?.value {
                Value::Ref(of) => Ok(Check::Exists(of)),
                value => {
                    self.needs_bytes();
                    Ok(Check::Present(value))
                }
            },
        }
    }

    /// Both sides of a comparison; a literal takes its type from the other side.
    fn pair(&mut self, left: &Operand, right: &Operand) -> Result<(Value, Value)> {
        if !self.is_literal(left) {
            let typed = self.operand(left, None)?;
            valued(&typed, left.span, "a comparison")?;
            let right = self.element(right, &typed, left)?;
            return Ok((typed.value, right));
        }
        if !self.is_literal(right) {
            let typed = self.operand(right, None)?;
            valued(&typed, right.span, "a comparison")?;
            let left = self.element(left, &typed, right)?;
            return Ok((left, typed.value));
        }
        match &left.kind {
            OperandKind::Word(word) => Err(self.unknown(word, left.span)),
            _ => fail(left.span, "a comparison needs a field"),
        }
    }

    /// `operand` as something that can be compared with `other`.
    fn element(&mut self, operand: &Operand, other: &Typed, at: &Operand) -> Result<Value> {
        let typed = self.operand(operand, Some(other))?;
        if typed.ty.family() == other.ty.family() && typed.ty.family() != Family::None {
            return Ok(typed.value);
        }
        fail(
            operand.span,
            format!(
                "{at} is {} and {operand} is {}; they cannot be compared",
                other.ty.title(),
                typed.ty.title()
            ),
        )
    }

    /// Does it hold no field, so that its type must come from elsewhere?
    fn is_literal(&self, operand: &Operand) -> bool {
        match &operand.kind {
            OperandKind::Word(word) => {
                self.schema.protocol(word).is_none() && self.schema.fields(word).is_empty()
            }
            OperandKind::Text(_) | OperandKind::Char(_) => true,
            OperandKind::Negative(inner) => self.is_literal(inner),
            OperandKind::Binary(_, left, right) => self.is_literal(left) && self.is_literal(right),
            OperandKind::Name { .. } | OperandKind::Call(..) | OperandKind::Slice(..) => false,
        }
    }

    fn operand(&mut self, operand: &Operand, other: Option<&Typed>) -> Result<Typed> {
        match &operand.kind {
            OperandKind::Word(word) => self.word(word, operand.span, other),
            OperandKind::Name { name, raw, layers } => match self.name(name, *raw, layers) {
                Some(typed) => Ok(typed),
                None => Err(self.unknown(name, operand.span)),
            },
            OperandKind::Text(bytes) => {
                let Some(other) = other else {
                    return fail(operand.span, "a string is no field");
                };
                let word = std::str::from_utf8(bytes)
                    .ok()
                    .and_then(|text| word_of(text, other));
                match word.map_or_else(|| literal::string(bytes, other.ty), Ok) {
                    Ok(value) => Ok(Typed::plain(Value::Const(value), other.ty)),
                    Err(message) => Err(no_word(
                        operand.span,
                        message,
                        &String::from_utf8_lossy(bytes),
                        other,
                        true,
                    )),
                }
            }
            OperandKind::Char(byte) => {
                let ty = other.map_or(ANY_NUMBER, |o| o.ty);
                match literal::character(*byte, ty) {
                    Ok(value) => Ok(Typed::plain(Value::Const(value), ty)),
                    Err(message) => fail(operand.span, message),
                }
            }
            OperandKind::Negative(inner) => {
                let typed = self.operand(inner, wide(other).as_ref())?;
                if !matches!(typed.ty, Type::Number { .. } | Type::Float | Type::Span) {
                    return fail(
                        operand.span,
                        format!("{} has no negative", typed.ty.title()),
                    );
                }
                let value = match typed.value {
                    Value::Const(value) => match negative(&value) {
                        Some(value) => Value::Const(value),
                        None => return fail(operand.span, "this number is too big"),
                    },
                    value => Value::Negative(Box::new(value)),
                };
                let ty = if typed.ty == Type::Span || typed.ty == Type::Float {
                    typed.ty
                } else {
                    ANY_NUMBER
                };
                Ok(Typed::plain(value, ty))
            }
            OperandKind::Binary(op, left, right) => {
                self.binary(*op, left, right, operand.span, other)
            }
            OperandKind::Slice(inner, ranges) => {
                let typed = self.operand(inner, None)?;
                if !typed.ty.has_bytes() {
                    return fail(
                        inner.span,
                        format!("{inner} is {}; only bytes can be sliced", typed.ty.title()),
                    );
                }
                Ok(Typed::plain(
                    Value::Slice(Box::new(typed.value), ranges.clone()),
                    Type::Bytes,
                ))
            }
            OperandKind::Call(name, arguments) => self.call(name, arguments, operand.span),
        }
    }

    fn word(&mut self, word: &str, span: Span, other: Option<&Typed>) -> Result<Typed> {
        let Some(other) = other else {
            return self
                .name(word, false, &[])
                .ok_or_else(|| self.unknown(word, span));
        };
        let before = (self.slots.len(), self.used.len());
        let named = self.name(word, false, &[]);
        if let Some(typed) = named {
            if typed.ty.family() == other.ty.family() || word_of(word, other).is_none() {
                return Ok(typed);
            }
            // `ip.proto == udp`: a word of the field, not the protocol.
            self.slots.truncate(before.0);
            self.used.truncate(before.1);
        }
        let value = match literal::word(word, other.ty) {
            Ok(value) => Ok(value),
            Err(message) => word_of(word, other).ok_or(message),
        };
        match value {
            Ok(value) => Ok(Typed::plain(Value::Const(value), other.ty)),
            Err(message) => {
                let error = no_word(span, message, word, other, false);
                let names = if error.suggestions.is_empty() {
                    suggestions(self.schema, word)
                } else {
                    Vec::new()
                };
                Err(if names.is_empty() {
                    error
                } else {
                    error.suggest(names)
                })
            }
        }
    }

    /// The values a name stands for.
    fn name(&mut self, name: &str, raw: bool, layers: &[Range]) -> Option<Typed> {
        let (whats, ty, fields) = match self.schema.protocol(name) {
            Some(layer) => (vec![What::Layer(layer)], Type::Protocol, Vec::new()),
            None => {
                let fields = self.schema.fields(name);
                let ty = if raw {
                    Type::Bytes
                } else {
                    Type::of(fields.first()?.field.kind)
                };
                (
                    fields
                        .iter()
                        .map(|declared| What::Field {
                            declared: *declared,
                            raw,
                        })
                        .collect(),
                    ty,
                    fields,
                )
            }
        };
        self.layered |= !layers.is_empty();
        let slots: Vec<u16> = whats
            .into_iter()
            .filter_map(|what| self.slot(what))
            .collect();
        self.used.extend(&slots);
        Some(Typed {
            value: Value::Ref(Ref {
                slots,
                layers: layers.to_vec(),
            }),
            ty,
            fields,
        })
    }

    fn slot(&mut self, what: What) -> Option<u16> {
        let same = |w: &What| match (w, &what) {
            (
                What::Field {
                    declared: a,
                    raw: x,
                },
                What::Field {
                    declared: b,
                    raw: y,
                },
            ) => std::ptr::eq(a.field, b.field) && x == y,
            (What::Layer(a), What::Layer(b)) => std::ptr::eq(*a, *b),
            _ => false,
        };
        let at = self.slots.iter().position(same);
        if at.is_none() {
            let mut need = |layer: &'static weir_model::LayerInfo| {
                if !self.needs.layers.iter().any(|l| std::ptr::eq(*l, layer)) {
                    self.needs.layers.push(layer);
                }
            };
            match what {
                What::Layer(layer) => need(layer),
                What::Field { declared, .. } => {
                    declared.layers().for_each(need);
                    self.needs.fields.push(declared.field);
                    self.needs.any_layer |= declared.is_anywhere();
                }
            }
            self.slots.push(what);
        }
        // A filter is too short to name more fields than fit.
        u16::try_from(at.unwrap_or(self.slots.len() - 1)).ok()
    }

    fn unknown(&self, name: &str, span: Span) -> FilterError {
        // `a-b` is one word, as `ftp-data` is.
        let parts = name.split_once('-').filter(|(a, _)| {
            self.schema.protocol(a).is_some() || !self.schema.fields(a).is_empty()
        });
        if let Some((a, b)) = parts {
            return FilterError::new(
                span,
                format!(
                    "{name} is neither a field nor a protocol; to subtract, put spaces around the -"
                ),
            )
            .suggest(vec![format!("{a} - {b}")]);
        }
        FilterError::new(span, format!("{name} is neither a field nor a protocol"))
            .suggest(suggestions(self.schema, name))
    }

    fn binary(
        &mut self,
        op: Arithmetic,
        left: &Operand,
        right: &Operand,
        span: Span,
        other: Option<&Typed>,
    ) -> Result<Typed> {
        let (a, b) = match (self.is_literal(left), self.is_literal(right)) {
            (true, true) => {
                let like = wide(other)
                    .unwrap_or_else(|| Typed::plain(Value::Const(Val::None), ANY_NUMBER));
                (
                    self.operand(left, Some(&like))?,
                    self.operand(right, Some(&like))?,
                )
            }
            (true, false) => {
                let b = self.operand(right, None)?;
                (self.operand(left, Some(&partner(op, &b)))?, b)
            }
            (false, true) => {
                let a = self.operand(left, None)?;
                let b = self.operand(right, Some(&partner(op, &a)))?;
                (a, b)
            }
            (false, false) => (self.operand(left, None)?, self.operand(right, None)?),
        };
        let Some(ty) = result(op, a.ty, b.ty) else {
            return fail(
                span,
                format!(
                    "{} cannot be applied to {} and {}",
                    op.symbol(),
                    a.ty.title(),
                    b.ty.title()
                ),
            );
        };
        if let (Value::Const(x), Value::Const(y)) = (&a.value, &b.value) {
            return match arithmetic(op, x, y) {
                Some(value) => Ok(Typed::plain(Value::Const(value), ty)),
                None => fail(span, "this arithmetic has no result"),
            };
        }
        Ok(Typed::plain(
            Value::Arithmetic(op, Box::new(a.value), Box::new(b.value)),
            ty,
        ))
    }

    fn call(&mut self, name: &str, arguments: &[Operand], span: Span) -> Result<Typed> {
        const NAMES: [&str; 8] = [
            "abs", "count", "len", "lower", "max", "min", "string", "upper",
        ];
        if !NAMES.contains(&name) {
            return Err(
                FilterError::new(span, format!("there is no function {name}()"))
                    .suggest(nearest(name, NAMES)),
            );
        }
        let many = matches!(name, "min" | "max");
        let [first, rest @ ..] = arguments else {
            return fail(span, format!("{name}() needs a field"));
        };
        if !many && let Some(extra) = rest.first() {
            return fail(extra.span, format!("{name}() takes one argument"));
        }
        // Literals among the arguments of min and max take the type of the first field. That field is
        // compiled once: twice a level would double the work at every level.
        let Some(lead) = arguments.iter().position(|a| !self.is_literal(a)) else {
            return fail(first.span, format!("{name}() needs a field"));
        };
        let at = arguments.get(lead).unwrap_or(first);
        let like = self.operand(at, None)?;
        let mut values = Vec::new();
        for (n, argument) in arguments.iter().enumerate() {
            if n != lead {
                values.push(self.element(argument, &like, at)?);
            }
        }
        let ty = like.ty;
        values.insert(0, like.value);
        let numeric = matches!(
            ty,
            Type::Number { .. } | Type::Float | Type::Span | Type::Bool
        );
        let wrong = |needs: &str| {
            fail(
                first.span,
                format!("{name}() needs {needs}, and {first} is {}", ty.title()),
            )
        };
        let (function, ty) = match name {
            "len" => (Function::Len(size(ty)), ANY_NUMBER),
            "count" if matches!(values.first(), Some(Value::Ref(_))) => {
                (Function::Count, ANY_NUMBER)
            }
            "count" => return wrong("a field"),
            "lower" | "upper" if ty == Type::Text => (
                if name == "lower" {
                    Function::Lower
                } else {
                    Function::Upper
                },
                ty,
            ),
            "lower" | "upper" => return wrong("a text"),
            "string" if ty != Type::None && ty != Type::Protocol => {
                (Function::String(ty), Type::Text)
            }
            "string" => return wrong("a value"),
            "abs" if numeric => (Function::Abs, ty),
            "abs" => return wrong("a number"),
            _ if ty == Type::None => return wrong("a value"),
            "min" => (Function::Min, ty),
            _ => (Function::Max, ty),
        };
        Ok(Typed::plain(Value::Call(function, values), ty))
    }
}

/// Bytes of a number or time on the wire, for `len`.
fn size(ty: Type) -> usize {
    match ty {
        Type::Number { bits, .. } => usize::from(bits).div_ceil(8),
        Type::Bool => 1,
        Type::None => 0,
        _ => 8,
    }
}

fn turned(relation: Relation) -> Relation {
    match relation {
        Relation::Lt => Relation::Gt,
        Relation::Le => Relation::Ge,
        Relation::Gt => Relation::Lt,
        Relation::Ge => Relation::Le,
        same => same,
    }
}

/// Numbers inside arithmetic are not limited to what the field holds.
fn wide(other: Option<&Typed>) -> Option<Typed> {
    other.map(|o| {
        let ty = if matches!(o.ty, Type::Number { .. } | Type::Bool) {
            Type::Number {
                signed: false,
                bits: 64,
            }
        } else {
            o.ty
        };
        Typed {
            value: Value::Const(Val::None),
            ty,
            fields: o.fields.clone(),
        }
    })
}

/// The type of the literal that stands on the other side of `op`.
fn partner(op: Arithmetic, of: &Typed) -> Typed {
    let ty = match (op, of.ty) {
        (_, Type::Number { .. } | Type::Bool) => Type::Number {
            signed: false,
            bits: 64,
        },
        (Arithmetic::Add | Arithmetic::Sub, Type::Time) => Type::Span,
        (Arithmetic::And, ty) if ty.family() == Family::Bytes => Type::Bytes,
        (_, ty) => ty,
    };
    Typed::plain(Value::Const(Val::None), ty)
}

/// The type of `a op b`; `None` where it means nothing.
fn result(op: Arithmetic, a: Type, b: Type) -> Option<Type> {
    use Arithmetic::{Add, And, Sub};
    let float = a == Type::Float || b == Type::Float;
    match (a.family(), b.family()) {
        (Family::Number, Family::Number) if op == And && float => None,
        (Family::Number, Family::Number) => Some(if float { Type::Float } else { ANY_NUMBER }),
        (Family::Bytes, Family::Bytes) if op == And => Some(Type::Bytes),
        (Family::V4, Family::V4) if op == And => Some(Type::V4),
        (Family::V6, Family::V6) if op == And => Some(Type::V6),
        (Family::Span, Family::Span) if matches!(op, Add | Sub) => Some(Type::Span),
        (Family::Time, Family::Span) if matches!(op, Add | Sub) => Some(Type::Time),
        (Family::Time, Family::Time) if op == Sub => Some(Type::Span),
        _ => None,
    }
}

fn valued(typed: &Typed, span: Span, what: &str) -> Result<()> {
    if typed.ty.family() == Family::None {
        fail(
            span,
            format!("this is a label without a value; {what} needs one"),
        )
    } else {
        Ok(())
    }
}

fn searchable(typed: &Typed, span: Span, what: &str) -> Result<()> {
    if typed.ty.family() == Family::Bytes {
        return Ok(());
    }
    fail(
        span,
        format!(
            "{what} needs text or bytes, and this is {}; string() makes text of it",
            typed.ty.title()
        ),
    )
}

/// The value that a field's words call `text`, upper and lower case alike.
fn word_of(text: &str, other: &Typed) -> Option<Val<'static>> {
    if !matches!(other.ty, Type::Number { .. } | Type::Bool) {
        return None;
    }
    let all = other.fields.iter().flat_map(|d| d.field.values);
    let found = all
        .clone()
        .find(|(_, word)| word.eq_ignore_ascii_case(text))
        .map(|(n, _)| *n);
    let plain = || match text.to_ascii_lowercase().as_str() {
        "set" => Some(1),
        "not set" => Some(0),
        _ => None,
    };
    let plain = if other.ty == Type::Bool && all.clone().next().is_none() {
        plain()
    } else {
        None
    };
    found.or(plain).map(|n| Val::Number(i128::from(n)))
}

/// An error about a literal, with the field's words that come near it.
fn no_word(span: Span, message: String, text: &str, other: &Typed, quoted: bool) -> FilterError {
    let words: Vec<&str> = other
        .fields
        .iter()
        .flat_map(|d| d.field.values)
        .map(|(_, word)| *word)
        .collect();
    if words.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        return FilterError::new(span, message);
    }
    let near = nearest(text, words);
    let near = near.into_iter().map(|w| {
        if quoted || !w.bytes().all(crate::lex::is_word) {
            crate::quote(w.as_bytes())
        } else {
            w
        }
    });
    FilterError::new(
        span,
        format!("{text} is not among the values of this field"),
    )
    .suggest(near.collect())
}
