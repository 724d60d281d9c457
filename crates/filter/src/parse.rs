//! Tokens to a syntax tree, by recursive descent of bounded depth. Knows no field.

use crate::ast::{Arithmetic, Compare, Expr, Operand, OperandKind, Quantifier, Test};
use crate::error::FilterError;
use crate::lex::{Lexed, Token, lex};
use crate::{MAX_DEPTH, MAX_LENGTH, Span};

/// Parses `text` without looking at what its names mean.
///
/// # Errors
/// Where the text is no filter, is longer than [`MAX_LENGTH`] bytes or nests deeper than [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Expr, FilterError> {
    if text.len() > MAX_LENGTH {
        return Err(FilterError::new(
            Span::new(MAX_LENGTH, text.len()),
            format!(
                "the filter is {} bytes long; at most {MAX_LENGTH} are read",
                text.len()
            ),
        ));
    }
    let tokens = lex(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
        end: text.len(),
    };
    if tokens.is_empty() {
        return Err(FilterError::new(
            Span::new(0, text.len()),
            "the filter is empty",
        ));
    }
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    tokens: &'a [Lexed],
    at: usize,
    depth: usize,
    end: usize,
}

/// Words that are operators between operands, and so never begin one.
const OPERATOR_WORDS: [&str; 20] = [
    "and",
    "or",
    "xor",
    "in",
    "contains",
    "matches",
    "eq",
    "ne",
    "gt",
    "lt",
    "ge",
    "le",
    "any_eq",
    "all_ne",
    "all_eq",
    "any_ne",
    "bitwise_and",
    "AND",
    "OR",
    "XOR",
];

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn after(&self) -> Option<&'a Token> {
        self.tokens.get(self.at + 1).map(|(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or(Span::new(self.end, self.end), |(_, span)| *span)
    }

    fn previous(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|n| self.tokens.get(n))
            .map_or(Span::default(), |(_, span)| *span)
    }

    /// Takes the next token when it is one of these symbols or words.
    fn take(&mut self, spellings: &[&str]) -> bool {
        let found = self.peek().is_some_and(|t| is(t, spellings));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str, opened: Span) -> Result<(), FilterError> {
        if self.take(&[symbol]) {
            return Ok(());
        }
        match self.peek() {
            None => Err(FilterError::new(
                opened,
                format!("the closing {symbol} is missing"),
            )),
            Some(_) => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> FilterError {
        let Some(token) = self.peek() else {
            return FilterError::new(self.span(), "the filter breaks off here");
        };
        let message = match token {
            Token::Symbol(")") => "there is no ( for this )".to_owned(),
            Token::Symbol("}") => "there is no { for this }".to_owned(),
            Token::Symbol(
                s @ ("===" | "!==" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/"
                | "&"),
            ) if self.at > 0
                && self
                    .tokens
                    .get(self.at - 1)
                    .is_some_and(|(t, _)| is(t, &[")"])) =>
            {
                format!("{s} needs values; group arithmetic with {{ }} instead of ( )")
            }
            Token::Symbol(s) => format!("{s} was not expected here"),
            Token::Word(w) => format!("{w} was not expected here"),
            Token::Text(_) => "a string was not expected here".to_owned(),
            Token::Char(_) => "a character was not expected here".to_owned(),
            Token::Slice(_) => "a range was not expected here".to_owned(),
            Token::Layer(_) => "a layer number was not expected here".to_owned(),
        };
        FilterError::new(self.span(), message)
    }

    /// Goes one level deeper; whoever calls it comes back up with `self.depth -= 1`.
    fn deeper(&mut self) -> Result<(), FilterError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FilterError::new(
                self.span(),
                format!("the filter nests deeper than {MAX_DEPTH} levels"),
            ));
        }
        Ok(())
    }

    fn or(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.xor()?];
        while self.take(&["or", "||", "OR"]) {
            parts.push(self.xor()?);
        }
        Ok(one_or(parts, Expr::Or))
    }

    fn xor(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.and()?];
        while self.take(&["xor", "^^", "XOR"]) {
            parts.push(self.and()?);
        }
        Ok(one_or(parts, Expr::Xor))
    }

    fn and(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.not()?];
        while self.take(&["and", "&&", "AND"]) {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Expr::And))
    }

    fn not(&mut self) -> Result<Expr, FilterError> {
        let mut negated = false;
        while self.take(&["not", "!", "NOT"]) {
            negated = !negated;
        }
        let inner = self.primary()?;
        Ok(match inner {
            // An even number of negations is none, whatever stands between them.
            Expr::Not(inner) if negated => *inner,
            inner if negated => Expr::Not(Box::new(inner)),
            inner => inner,
        })
    }

    fn primary(&mut self) -> Result<Expr, FilterError> {
        let opened = self.span();
        if !self.take(&["("]) {
            return self.test();
        }
        self.deeper()?;
        let inner = self.or()?;
        self.depth -= 1;
        self.expect(")", opened)?;
        Ok(inner)
    }

    fn test(&mut self) -> Result<Expr, FilterError> {
        let start = self.span();
        let which = match self.peek() {
            Some(Token::Word(w))
                if (w == "any" || w == "all") && self.after().is_some_and(begins_operand) =>
            {
                self.at += 1;
                Some(if w == "any" {
                    Quantifier::Any
                } else {
                    Quantifier::All
                })
            }
            _ => None,
        };
        let left = self.arithmetic(0)?;
        let test = self.comparison(which, left)?;
        if let (Some(_), Test::Exists(_)) = (which, &test) {
            return Err(match self.peek() {
                None => FilterError::new(self.span(), "any and all need a comparison"),
                Some(_) => self.unexpected(),
            });
        }
        Ok(Expr::Test(test, start.to(self.previous())))
    }

    fn comparison(
        &mut self,
        which: Option<Quantifier>,
        left: Operand,
    ) -> Result<Test, FilterError> {
        if self.take(&["contains"]) {
            return Ok(Test::Contains(which, left, self.arithmetic(0)?));
        }
        if self.take(&["matches", "~"]) {
            return Ok(Test::Matches(which, left, self.arithmetic(0)?));
        }
        if self.take(&["in"]) {
            return Ok(Test::In(which, left, false, self.set()?));
        }
        let negated = self.peek().is_some_and(|t| is(t, &["not"]))
            && self.after().is_some_and(|t| is(t, &["in"]));
        if negated {
            self.at += 2;
            return Ok(Test::In(which, left, true, self.set()?));
        }
        let mut chain = Vec::new();
        while let Some(op) = self.peek().and_then(comparison_of) {
            self.at += 1;
            chain.push((op, self.arithmetic(0)?));
        }
        Ok(if chain.is_empty() {
            Test::Exists(left)
        } else {
            Test::Compare(which, left, chain)
        })
    }

    fn set(&mut self) -> Result<Vec<(Operand, Option<Operand>)>, FilterError> {
        let opened = self.span();
        if !self.take(&["{"]) {
            return Err(FilterError::new(opened, "in needs a set: {a, b..c}"));
        }
        if self.peek().is_some_and(|t| is(t, &["}"])) {
            return Err(FilterError::new(opened.to(self.span()), "the set is empty"));
        }
        let mut out = Vec::new();
        loop {
            let low = self.arithmetic(0)?;
            let high = if self.take(&[".."]) {
                Some(self.arithmetic(0)?)
            } else {
                None
            };
            out.push((low, high));
            if self.take(&[","]) {
                continue;
            }
            if self.peek().is_some_and(begins_operand) {
                return Err(FilterError::new(
                    self.span(),
                    "the elements of a set are separated by commas",
                ));
            }
            self.expect("}", opened)?;
            return Ok(out);
        }
    }

    /// Operators of level `level` and tighter: `&`, then `+ -`, then `* / %`.
    fn arithmetic(&mut self, level: usize) -> Result<Operand, FilterError> {
        const LEVELS: [&[(&str, Arithmetic)]; 3] = [
            &[("&", Arithmetic::And), ("bitwise_and", Arithmetic::And)],
            &[("+", Arithmetic::Add), ("-", Arithmetic::Sub)],
            &[
                ("*", Arithmetic::Mul),
                ("/", Arithmetic::Div),
                ("%", Arithmetic::Rem),
            ],
        ];
        let Some(operators) = LEVELS.get(level) else {
            return self.negative();
        };
        let mut left = self.arithmetic(level + 1)?;
        let before = self.depth;
        while let Some((_, op)) = operators
            .iter()
            .find(|(s, _)| self.peek().is_some_and(|t| is(t, &[s])))
        {
            self.at += 1;
            let right = self.arithmetic(level + 1)?;
            // The tree leans to the left: each operator is one level.
            self.deeper()?;
            let span = left.span.to(right.span);
            left = Operand {
                kind: OperandKind::Binary(*op, Box::new(left), Box::new(right)),
                span,
            };
        }
        self.depth = before;
        Ok(left)
    }

    fn negative(&mut self) -> Result<Operand, FilterError> {
        let start = self.span();
        if !self.take(&["-"]) {
            return self.sliced();
        }
        self.deeper()?;
        let inner = self.negative()?;
        self.depth -= 1;
        let span = start.to(inner.span);
        Ok(Operand {
            kind: OperandKind::Negative(Box::new(inner)),
            span,
        })
    }

    fn sliced(&mut self) -> Result<Operand, FilterError> {
        let mut operand = self.entity()?;
        let before = self.depth;
        while let Some((Token::Slice(parts), span)) = self.tokens.get(self.at) {
            self.at += 1;
            self.deeper()?;
            let span = operand.span.to(*span);
            operand = Operand {
                kind: OperandKind::Slice(Box::new(operand), parts.clone()),
                span,
            };
        }
        self.depth = before;
        Ok(operand)
    }

    fn entity(&mut self) -> Result<Operand, FilterError> {
        let start = self.span();
        if self.take(&["{"]) {
            self.deeper()?;
            let inner = self.arithmetic(0)?;
            self.depth -= 1;
            self.expect("}", start)?;
            return Ok(inner);
        }
        let raw = self.take(&["@"]);
        let kind = match self.peek() {
            Some(Token::Word(w)) if !OPERATOR_WORDS.contains(&w.as_str()) => {
                self.at += 1;
                match self.peek() {
                    Some(Token::Symbol("(")) if !raw => {
                        OperandKind::Call(w.clone(), self.arguments()?)
                    }
                    Some(Token::Layer(layers)) => {
                        self.at += 1;
                        OperandKind::Name {
                            name: w.clone(),
                            raw,
                            layers: layers.clone(),
                        }
                    }
                    _ if raw => OperandKind::Name {
                        name: w.clone(),
                        raw,
                        layers: Vec::new(),
                    },
                    _ => OperandKind::Word(w.clone()),
                }
            }
            Some(Token::Text(bytes)) if !raw => {
                self.at += 1;
                OperandKind::Text(bytes.clone())
            }
            Some(Token::Char(byte)) if !raw => {
                self.at += 1;
                OperandKind::Char(*byte)
            }
            _ => return Err(self.unexpected()),
        };
        Ok(Operand {
            kind,
            span: start.to(self.previous()),
        })
    }

    fn arguments(&mut self) -> Result<Vec<Operand>, FilterError> {
        let opened = self.span();
        self.at += 1;
        let mut out = Vec::new();
        if self.take(&[")"]) {
            return Ok(out);
        }
        self.deeper()?;
        loop {
            out.push(self.arithmetic(0)?);
            if !self.take(&[","]) {
                break;
            }
        }
        self.depth -= 1;
        self.expect(")", opened)?;
        Ok(out)
    }
}

fn one_or(mut parts: Vec<Expr>, all: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            all(parts)
        }
    }
}

fn is(token: &Token, spellings: &[&str]) -> bool {
    match token {
        Token::Symbol(s) => spellings.contains(s),
        Token::Word(w) => spellings.contains(&w.as_str()),
        _ => false,
    }
}

fn begins_operand(token: &Token) -> bool {
    match token {
        Token::Word(w) => !OPERATOR_WORDS.contains(&w.as_str()),
        Token::Text(_) | Token::Char(_) => true,
        Token::Symbol(s) => matches!(*s, "{" | "@" | "-"),
        Token::Slice(_) | Token::Layer(_) => false,
    }
}

pub(crate) fn comparison_of(token: &Token) -> Option<Compare> {
    let spelling = match token {
        Token::Symbol(s) => s,
        Token::Word(w) => w.as_str(),
        _ => return None,
    };
    Some(match spelling {
        "==" | "eq" | "any_eq" => Compare::Eq,
        "!=" | "ne" | "all_ne" => Compare::Ne,
        "===" | "all_eq" => Compare::AllEq,
        "!==" | "any_ne" | "~=" => Compare::AnyNe,
        "<" | "lt" => Compare::Lt,
        "<=" | "le" => Compare::Le,
        ">" | "gt" => Compare::Gt,
        ">=" | "ge" => Compare::Ge,
        _ => return None,
    })
}
