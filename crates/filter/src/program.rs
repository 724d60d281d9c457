//! A compiled filter: what it needs, and its tests with every name and literal resolved.

use crate::ast::{Arithmetic, Expr};
use crate::lex::Range;
use crate::schema::Declared;
use crate::value::{Type, Val};
use crate::{FilterError, Schema};
use memchr::memmem::Finder;
use regex::bytes::Regex;
use std::fmt;
use weir_model::{Field, LayerInfo};

/// A filter that can be asked about packets.
#[derive(Debug)]
pub struct Program {
    pub(crate) root: Node,
    pub(crate) slots: Vec<What>,
    pub(crate) needs: Needs,
    pub(crate) expr: Expr,
}

/// What must be described of a packet before the program can decide it.
#[derive(Default, Debug)]
pub struct Needs {
    /// Fields whose values are read.
    pub fields: Vec<&'static Field>,
    /// Layers that hold those fields, and protocols the filter names.
    pub layers: Vec<&'static LayerInfo>,
    /// Some field may stand in any layer.
    pub any_layer: bool,
    /// The packet's bytes themselves are compared.
    pub bytes: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Field { declared: Declared, raw: bool },
    Layer(&'static LayerInfo),
}

#[derive(Debug)]
pub(crate) enum Node {
    Or(Vec<Node>),
    Xor(Vec<Node>),
    And(Vec<Node>),
    Not(Box<Node>),
    Test(Box<Test>),
}

#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) check: Check,
    /// Every slot the check reads, once.
    pub(crate) slots: Vec<u16>,
    /// Does it ask for particular layers?
    pub(crate) layered: bool,
    /// Does it read more of a protocol than that it is there?
    pub(crate) bytes: bool,
    pub(crate) text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Relation {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug)]
pub(crate) enum Check {
    Exists(Ref),
    /// Some value is neither empty nor, after `&`, zero.
    Present(Value),
    Compare {
        all: bool,
        relation: Relation,
        left: Value,
        right: Value,
    },
    In {
        all: bool,
        negated: bool,
        left: Value,
        set: Vec<(Value, Option<Value>)>,
    },
    Contains {
        all: bool,
        left: Value,
        right: Needle,
    },
    Matches {
        all: bool,
        left: Value,
        regex: Regex,
    },
}

pub(crate) enum Needle {
    Known(Box<Finder<'static>>),
    Read(Value),
}

impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(finder) => write!(f, "Known({:?})", finder.needle()),
            Self::Read(value) => write!(f, "Read({value:?})"),
        }
    }
}

/// A name, as the slots whose values it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Ref {
    pub(crate) slots: Vec<u16>,
    pub(crate) layers: Vec<Range>,
}

#[derive(Debug)]
pub(crate) enum Value {
    Const(Val<'static>),
    Ref(Ref),
    Slice(Box<Value>, Vec<Range>),
    Arithmetic(Arithmetic, Box<Value>, Box<Value>),
    Negative(Box<Value>),
    Call(Function, Vec<Value>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Function {
    /// Of what has no bytes of its own: this many.
    Len(usize),
    Count,
    Lower,
    Upper,
    String(Type),
    Abs,
    Min,
    Max,
}

impl Program {
    /// Parses and checks `text` against `schema`.
    ///
    /// # Errors
    /// Where the text is no filter, names what the schema does not have, or compares what cannot be compared.
    pub fn new(text: &str, schema: &dyn Schema) -> Result<Self, FilterError> {
        let expr = crate::parse(text)?;
        crate::check::compile(text, expr, schema)
    }

    /// What it needs of a packet.
    #[must_use]
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The filter as it was written; its `Display` is the canonical text.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        &self.expr
    }
}
