//! Markdown to blocks and runs. HTML in a note is the text that was typed, a link its words and then its address:
//! whatever shows a note has no markup of somebody else's to trust.

use super::stand_in::{self, Entities, Piece, Pieces};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use serde::Serialize;
use std::collections::BTreeSet;

/// Bytes of a note that are read as Markdown; what is behind them is shown as it was typed.
pub const LONGEST: usize = 64 * 1024;
/// Bytes before that bound in which a line or a word is looked for to end with.
const NEAR: usize = 4 * 1024;
/// Lists and quotations within each other; deeper ones stand at this depth.
pub const DEPTH: usize = 12;
/// Tags of one text that are kept.
const TAGS: usize = 100;

/// What a piece of a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Words.
    Text,
    /// Code within a line.
    Code,
    /// A reference to evidence, with its brackets.
    Reference,
    /// A tag with its sign.
    Tag,
    /// The end of a line within a paragraph; its text is "\n".
    Break,
}

/// A piece of a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Run {
    /// What it is.
    pub sort: Sort,
    /// As it was typed; hostile.
    pub text: String,
    /// Strongly emphasised.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strong: bool,
    /// Emphasised.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub emphasis: bool,
    /// Struck through.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strike: bool,
}

/// A part of a note.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// Lines that belong together.
    Paragraph {
        /// Its pieces.
        runs: Vec<Run>,
    },
    /// A heading of the note.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its pieces.
        runs: Vec<Run>,
    },
    /// What somebody else said.
    Quote {
        /// Its parts.
        blocks: Vec<Block>,
    },
    /// A list; numbered where it has a start.
    List {
        /// The first number.
        start: Option<u64>,
        /// Each with its parts.
        items: Vec<Vec<Block>>,
    },
    /// Lines of code as they are.
    Code {
        /// What stands behind the fence: the language.
        info: String,
        /// Its lines.
        text: String,
    },
    /// Cells in rows.
    Table {
        /// Column titles.
        head: Vec<Vec<Run>>,
        /// As many cells as the head has, or fewer.
        rows: Vec<Vec<Vec<Run>>>,
    },
    /// A line across.
    Rule,
}

/// A text as it is read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Note {
    /// In order.
    pub blocks: Vec<Block>,
    /// In small letters, each once, in the order of the alphabet.
    pub tags: Vec<String>,
    /// Bounds that were hit, as sentences.
    pub says: Vec<String>,
}

/// Reads a text. Every letter of it is in the blocks, in its order.
#[must_use]
pub fn read(text: &str) -> Note {
    let (head, tail) = text.split_at(end(text));
    let mut pieces = Pieces::default();
    let hidden = stand_in::hide(head, &mut pieces, Entities::Typed);
    let hidden = super::tags::hide(&hidden, &mut pieces);
    let typed = || letters(&hidden, &pieces);
    let mut built = blocks(
        &hidden,
        &pieces,
        Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES,
    );
    // Cells beyond the head of a table are dropped by its rules: then it is no table.
    let cells = built.tables && figures(&pieces.back(&hidden)) != figures_built(&built);
    if cells || built.letters() != typed() {
        built = blocks(&hidden, &pieces, Options::ENABLE_STRIKETHROUGH);
    }
    if built.letters() != typed() {
        built = Built::default();
        built.text(&hidden, &pieces);
        built.flush();
        built.says.push(
            "It could not be read as Markdown without losing words and is shown as it was typed."
                .to_owned(),
        );
    }
    if !tail.is_empty() {
        let mut rest = Pieces::default();
        let hidden = stand_in::hide(tail, &mut rest, Entities::Typed);
        built.text(&hidden, &rest);
        built.flush();
        built.says.push(format!(
            "Longer than {LONGEST} bytes: what is behind them is shown as it was typed."
        ));
    }
    if built.many {
        built
            .says
            .push(format!("Only its first {TAGS} tags are counted."));
    }
    Note {
        blocks: built.open.pop().map_or_else(Vec::new, |f| f.blocks),
        tags: built.tags.into_iter().collect(),
        says: built.says,
    }
}

/// Reads the Markdown of a report, which this crate wrote: whole, with its escapes undone.
#[must_use]
pub fn read_report(text: &str) -> Note {
    let mut pieces = Pieces::default();
    // Tags are looked for in what people write, not in what is written of it.
    let hidden = stand_in::hide(text, &mut pieces, Entities::Read);
    let mut built = blocks(
        &hidden,
        &pieces,
        Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES,
    );
    Note {
        blocks: built.open.pop().map_or_else(Vec::new, |f| f.blocks),
        tags: Vec::new(),
        says: built.says,
    }
}

/// Where the part of a text that is read as Markdown ends: behind a line, or a word, near the bound.
fn end(text: &str) -> usize {
    let most = text.floor_char_boundary(LONGEST);
    if most == text.len() {
        return most;
    }
    let least = text.floor_char_boundary(LONGEST - NEAR);
    let near = text.get(least..most).unwrap_or_default();
    let behind = near.rfind('\n').or_else(|| near.rfind(' '));
    behind.map_or(most, |n| least + n + 1)
}

/// The letters of a text as it was typed.
fn letters(hidden: &str, pieces: &Pieces) -> String {
    let typed = pieces.back(hidden);
    typed.chars().filter(|c| c.is_alphabetic()).collect()
}

/// Figures of a text that hold words of a table, too; the numbers of lists stand in no block.
fn figures(typed: &str) -> String {
    let line = |line: &'_ str| -> String {
        let text = line.trim_start_matches([' ', '\t', '>', '*', '+', '-']);
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let numbered = digits > 0
            && text
                .get(digits..)
                .is_some_and(|t| t.starts_with(['.', ')']));
        let text = text.get(if numbered { digits } else { 0 }..);
        let text = text.unwrap_or_default().chars();
        text.filter(|c| c.is_numeric()).collect()
    };
    typed.lines().map(line).collect()
}

fn figures_built(built: &Built) -> String {
    let mut out = String::new();
    for frame in &built.open {
        pieces(&frame.blocks, &mut |_, text| {
            out.extend(text.chars().filter(|c| c.is_numeric()));
        });
    }
    out
}

/// What holds blocks.
enum Holder {
    Root,
    Quote,
    List(Option<u64>, Vec<Vec<Block>>),
    Item,
}

struct Frame {
    holder: Holder,
    blocks: Vec<Block>,
}

/// Blocks while they are read.
struct Built {
    open: Vec<Frame>,
    /// Of the paragraph that is open.
    runs: Vec<Run>,
    /// Marks in force, each counted: they may stand within themselves.
    strong: usize,
    emphasis: usize,
    strike: usize,
    /// Holders beyond the depth.
    deeper: usize,
    tags: BTreeSet<String>,
    /// There were more tags than are kept.
    many: bool,
    /// There is a table in it.
    tables: bool,
    says: Vec<String>,
}

impl Default for Built {
    fn default() -> Self {
        let root = Frame {
            holder: Holder::Root,
            blocks: Vec::new(),
        };
        Self {
            open: vec![root],
            runs: Vec::new(),
            strong: 0,
            emphasis: 0,
            strike: 0,
            deeper: 0,
            tags: BTreeSet::new(),
            many: false,
            tables: false,
            says: Vec::new(),
        }
    }
}

impl Built {
    fn run(&mut self, sort: Sort, text: &str) {
        if text.is_empty() {
            return;
        }
        let run = Run {
            sort,
            text: text.to_owned(),
            strong: self.strong > 0,
            emphasis: self.emphasis > 0,
            strike: self.strike > 0,
        };
        // Escapes and private signs part a text: put together it is one, and is made unclickable as one.
        match self.runs.last_mut() {
            Some(last)
                if sort == Sort::Text
                    && last.sort == sort
                    && (last.strong, last.emphasis, last.strike)
                        == (run.strong, run.emphasis, run.strike) =>
            {
                last.text.push_str(text);
            }
            _ => self.runs.push(run),
        }
    }

    /// Words, with what stands behind characters; a line's end is one.
    fn text(&mut self, text: &str, pieces: &Pieces) {
        let mut plain = String::new();
        for c in text.chars() {
            if c == '\n' {
                self.run(Sort::Text, &std::mem::take(&mut plain));
                self.run(Sort::Break, "\n");
                continue;
            }
            match pieces.of(c) {
                Some(piece @ Piece::Reference(_)) => {
                    self.run(Sort::Text, &std::mem::take(&mut plain));
                    self.run(Sort::Reference, &piece.typed());
                }
                Some(piece @ Piece::Tag(tag)) => {
                    self.run(Sort::Text, &std::mem::take(&mut plain));
                    self.run(Sort::Tag, &piece.typed());
                    if self.tags.len() < TAGS {
                        self.tags.insert(tag.to_lowercase());
                    } else if !self.tags.contains(&tag.to_lowercase()) {
                        self.many = true;
                    }
                }
                Some(Piece::Sign(c)) => plain.push(*c),
                None => plain.push(c),
            }
        }
        self.run(Sort::Text, &plain);
    }

    /// The runs so far, without the line ends around them.
    fn taken(&mut self) -> Vec<Run> {
        let mut runs = std::mem::take(&mut self.runs);
        while runs.last().is_some_and(|r| r.sort == Sort::Break) {
            runs.pop();
        }
        let begin = runs.iter().take_while(|r| r.sort == Sort::Break).count();
        runs.drain(..begin);
        runs
    }

    fn block(&mut self, block: Block) {
        if let Some(frame) = self.open.last_mut() {
            frame.blocks.push(block);
        }
    }

    /// Ends the paragraph that is open; items of a close list have one without saying so.
    fn flush(&mut self) {
        let runs = self.taken();
        if !runs.is_empty() {
            self.block(Block::Paragraph { runs });
        }
    }

    fn start(&mut self, holder: Holder) {
        self.flush();
        // A list and its items are one depth.
        let depth = self.open.iter();
        let depth = depth
            .filter(|f| matches!(f.holder, Holder::Quote | Holder::Item))
            .count();
        let within = matches!(holder, Holder::Item)
            && self
                .open
                .last()
                .is_some_and(|f| matches!(f.holder, Holder::List(..)));
        if self.deeper > 0 || depth >= DEPTH && !within {
            if self.says.is_empty() {
                self.says.push(format!(
                    "Lists and quotations are deeper than {DEPTH}: the deeper ones stand at that depth."
                ));
            }
            self.deeper += 1;
            return;
        }
        self.open.push(Frame {
            holder,
            blocks: Vec::new(),
        });
    }

    fn end(&mut self) {
        self.flush();
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        if self.open.len() < 2 {
            return;
        }
        let Some(frame) = self.open.pop() else { return };
        match frame.holder {
            Holder::Root => {}
            Holder::Quote => self.block(Block::Quote {
                blocks: frame.blocks,
            }),
            Holder::List(start, items) => self.block(Block::List { start, items }),
            Holder::Item => {
                if let Some(Frame {
                    holder: Holder::List(_, items),
                    ..
                }) = self.open.last_mut()
                {
                    items.push(frame.blocks);
                }
            }
        }
    }

    /// Letters of everything that was built, in order.
    fn letters(&self) -> String {
        let mut out = String::new();
        for frame in &self.open {
            pieces(&frame.blocks, &mut |_, text| {
                out.extend(text.chars().filter(|c| c.is_alphabetic()));
            });
        }
        out
    }
}

/// Every piece of some blocks in order: a run with its sort, or, before the runs of each line, no sort and no text;
/// of code the text alone.
pub fn pieces(blocks: &[Block], each: &mut dyn FnMut(Option<Sort>, &str)) {
    fn line(runs: &[Run], each: &mut dyn FnMut(Option<Sort>, &str)) {
        each(None, "");
        runs.iter().for_each(|r| each(Some(r.sort), &r.text));
    }
    for block in blocks {
        match block {
            Block::Paragraph { runs } | Block::Heading { runs, .. } => line(runs, each),
            Block::Quote { blocks } => pieces(blocks, each),
            Block::List { items, .. } => items.iter().for_each(|i| pieces(i, each)),
            Block::Code { info, text } => {
                each(None, info);
                each(None, text);
            }
            Block::Table { head, rows } => {
                let cells = head.iter().chain(rows.iter().flatten());
                cells.for_each(|c| line(c, each));
            }
            Block::Rule => {}
        }
    }
}

/// The address of a link, said behind its words.
fn address(kind: LinkType, address: &str, title: &str) -> String {
    // Between angle brackets the address is the words.
    if matches!(kind, LinkType::Autolink | LinkType::Email) {
        return String::new();
    }
    match title {
        "" => format!(" ({address})"),
        title => format!(" ({address} \u{201c}{title}\u{201d})"),
    }
}

fn blocks(hidden: &str, pieces: &Pieces, options: Options) -> Built {
    let mut b = Built::default();
    // Of links within each other.
    let mut behind: Vec<String> = Vec::new();
    let mut code: Option<(String, String)> = None;
    let (mut row, mut head, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for event in Parser::new_ext(hidden, options) {
        match event {
            Event::Text(text) => match &mut code {
                Some((_, lines)) => lines.push_str(&pieces.back(&text)),
                None => b.text(&text, pieces),
            },
            Event::Code(text) => b.run(Sort::Code, &pieces.back(&text)),
            Event::Html(text) | Event::InlineHtml(text) => b.text(&text, pieces),
            Event::SoftBreak | Event::HardBreak => b.run(Sort::Break, "\n"),
            Event::Rule => {
                b.flush();
                b.block(Block::Rule);
            }
            Event::Start(tag) => match tag {
                Tag::Heading { .. } | Tag::Paragraph | Tag::HtmlBlock => b.flush(),
                Tag::BlockQuote(_) => b.start(Holder::Quote),
                Tag::List(start) => b.start(Holder::List(start, Vec::new())),
                Tag::Item => b.start(Holder::Item),
                Tag::CodeBlock(kind) => {
                    b.flush();
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => pieces.back(&info),
                        CodeBlockKind::Indented => String::new(),
                    };
                    code = Some((info, String::new()));
                }
                Tag::Strong => b.strong += 1,
                Tag::Emphasis => b.emphasis += 1,
                Tag::Strikethrough => b.strike += 1,
                Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    title,
                    ..
                } => behind.push(address(link_type, &dest_url, &title)),
                Tag::Table(_) => b.flush(),
                _ => {}
            },
            Event::End(tag) => match tag {
                TagEnd::Paragraph | TagEnd::HtmlBlock => b.flush(),
                TagEnd::Heading(level) => {
                    let runs = b.taken();
                    b.block(Block::Heading {
                        level: level as u8,
                        runs,
                    });
                }
                TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => b.end(),
                TagEnd::CodeBlock => {
                    if let Some((info, text)) = code.take() {
                        let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                        b.block(Block::Code { info, text });
                    }
                }
                TagEnd::Strong => b.strong = b.strong.saturating_sub(1),
                TagEnd::Emphasis => b.emphasis = b.emphasis.saturating_sub(1),
                TagEnd::Strikethrough => b.strike = b.strike.saturating_sub(1),
                TagEnd::Link | TagEnd::Image => {
                    let address = behind.pop().unwrap_or_default();
                    b.run(Sort::Text, &pieces.back(&address));
                }
                TagEnd::TableCell => {
                    let runs = b.taken();
                    row.push(runs);
                }
                TagEnd::TableHead => head = std::mem::take(&mut row),
                TagEnd::TableRow => {
                    let mut cells: Vec<Vec<Run>> = std::mem::take(&mut row);
                    while cells.last().is_some_and(Vec::is_empty) {
                        cells.pop();
                    }
                    rows.push(cells);
                }
                TagEnd::Table => {
                    b.tables = true;
                    b.block(Block::Table {
                        head: std::mem::take(&mut head),
                        rows: std::mem::take(&mut rows),
                    });
                }
                _ => {}
            },
            _ => {}
        }
    }
    b.flush();
    b
}
