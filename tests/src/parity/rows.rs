//! Field rows: per packet and protocol the values `tshark -T fields` recorded, cell by cell.

use super::{Difference, Loaded, Scores};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use weir_dissect::BodySink;
use weir_dissect::tree::plain;
use weir_filter::Schema as _;
use weir_model::{ByteRange, Field, FieldSink, Kind, LayerInfo, PacketRef, SourceId, Value};
use weir_session::{PacketEntry, Replay, Session, Visitor, schema};

/// Tables that are no protocol's: what the other modules here compare, and what nobody does.
const OTHERS: &[&str] = &[
    "facts",
    "phs",
    "filters",
    "endpoints",
    "conv",
    "expert",
    "streams",
    "objects",
    "incomplete",
];

/// What the recorder had tshark put between two columns, and between two values of a packet. A text that holds the first
/// moved every column behind it in what was recorded of its packet.
const BETWEEN_COLUMNS: char = '\x1f';
const BETWEEN_VALUES: char = '\x1e';

/// Columns that say which packet a row is about: compared, but a row does not exist for them.
const CONTEXT: &[&str] = &["src", "dst", "tcp.stream", "udp.stream"];

/// A table and every column that it has in any capture; those without a value are left out of a capture's.
struct Table {
    name: String,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    /// Has Weir the field?
    built: bool,
    context: bool,
}

/// The tables of a corpus.
#[derive(Default)]
pub struct Tables {
    list: Vec<Table>,
    /// By address of a field: where its values go.
    places: HashMap<usize, Vec<Place>>,
}

#[derive(Clone, Copy)]
enum Place {
    /// Table and column.
    Cell(usize, usize),
    /// Which of [`CONTEXT`]; behind them the addresses of IPv6.
    Context(usize),
}

impl Tables {
    /// Those that any of these captures has.
    #[must_use]
    pub fn of(dir: &Path, captures: &[String]) -> Self {
        let mut heads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for capture in captures {
            let Ok(files) = std::fs::read_dir(dir.join(format!("{capture}.oracle"))) else {
                continue;
            };
            for path in files.flatten().map(|f| f.path()) {
                let stem = path.file_stem().and_then(|n| n.to_str()).unwrap_or("");
                if path.extension().is_none_or(|e| e != "tsv") || OTHERS.contains(&stem) {
                    continue;
                }
                let text = std::fs::read(&path).unwrap_or_default();
                let text = String::from_utf8_lossy(&text);
                let head = text.lines().next().unwrap_or_default().split('\t').skip(1);
                heads
                    .entry(stem.to_owned())
                    .or_default()
                    .extend(head.map(str::to_owned));
            }
        }
        let mut tables = Self::default();
        for (name, columns) in heads {
            let columns: Vec<Column> = columns
                .into_iter()
                .map(|name| Column {
                    built: !fields(&name).is_empty(),
                    context: CONTEXT.contains(&name.as_str()),
                    name,
                })
                .collect();
            for (c, column) in columns.iter().enumerate().filter(|(_, c)| !c.context) {
                tables.place(&column.name, Place::Cell(tables.list.len(), c));
            }
            tables.list.push(Table { name, columns });
        }
        for (n, name) in [
            "ip.src",
            "ip.dst",
            "tcp.stream",
            "udp.stream",
            "ipv6.src",
            "ipv6.dst",
        ]
        .iter()
        .enumerate()
        {
            tables.place(name, Place::Context(n));
        }
        tables
    }

    fn place(&mut self, column: &str, place: Place) {
        for field in fields(column) {
            self.places.entry(address(field)).or_default().push(place);
        }
    }

    /// Compares every row of every table of a capture.
    pub(super) fn compare(&self, loaded: &mut Loaded, scores: &mut Scores) {
        let mut ours: Vec<BTreeMap<u32, Row>> = self.list.iter().map(|_| BTreeMap::new()).collect();
        let mut torn = BTreeSet::new();
        for chain in 0..loaded.session.chains.len() {
            let captures = loaded
                .session
                .chains
                .get(chain)
                .map(|c| c.captures.clone())
                .unwrap_or_default();
            let targets: Vec<PacketRef> = loaded
                .session
                .loaded()
                .filter(|c| captures.contains(&c.id))
                .flat_map(|c| {
                    let id = c.id;
                    (1..=c.index.len()).map(move |number| PacketRef {
                        capture: id,
                        number,
                    })
                })
                .collect();
            let rows = Rows {
                tables: self,
                packet: vec![Cells::default(); self.list.len()],
                context: Cells::default(),
                all: std::mem::take(&mut ours),
                torn: false,
                torn_packets: std::mem::take(&mut torn),
            };
            let mut replay = Replay::new(&loaded.session, chain, &targets, false, rows);
            let done = loaded.door.run(&mut loaded.session, &mut replay);
            ours = replay.visitor.all;
            torn = replay.visitor.torn_packets;
            if let Err(e) = done {
                scores.failed(&loaded.name, &e.to_string());
                return;
            }
        }
        for (table, ours) in self.list.iter().zip(ours) {
            compare_table(table, ours, &torn, loaded, scores);
        }
    }
}

fn compare_table(
    table: &Table,
    mut ours: BTreeMap<u32, Row>,
    torn: &BTreeSet<u32>,
    loaded: &Loaded,
    scores: &mut Scores,
) {
    let file = loaded.oracle.join(format!("{}.tsv", table.name));
    let recorded = std::fs::read(file);
    if recorded.is_err() && in_hierarchy(loaded, &table.name) {
        return scores.unrecorded(&loaded.name, &table.name);
    }
    let text = recorded.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.split('\n').filter(|l| !l.is_empty());
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    for line in lines {
        let theirs: HashMap<&str, &str> = head.iter().copied().zip(line.split('\t')).collect();
        let Some(number) = theirs.get("frame").and_then(|n| n.parse::<u32>().ok()) else {
            continue;
        };
        let value = |c: &Column| theirs.get(c.name.as_str()).copied().unwrap_or_default();
        for column in table.columns.iter().filter(|c| !c.built) {
            if !value(column).is_empty() {
                scores.not_built(&table.name, &column.name);
            }
        }
        let told = |c: &&Column| c.built && !c.context && !value(c).is_empty();
        let known = table.columns.iter().any(|c| told(&c));
        let mine = ours.remove(&number);
        let there = mine.as_ref().is_some_and(|m| m.cells.told());
        if !known && !there {
            continue;
        }
        if torn.contains(&number) {
            scores.torn();
            continue;
        }
        let row = scores.row(&loaded.name, &table.name, number, [there, known]);
        let (true, Some(mine)) = (known && there, mine) else {
            continue;
        };
        for (c, column) in table.columns.iter().enumerate() {
            let theirs = value(column);
            let ours = match CONTEXT.iter().position(|n| *n == column.name) {
                Some(n) => mine.context(n),
                None => mine.cells.text(c),
            };
            if !column.built || (theirs.is_empty() && ours.is_empty()) {
                continue;
            }
            let outcome = if same(&ours, theirs) {
                Ok(())
            } else {
                Err(Difference {
                    ours,
                    theirs: theirs.to_owned(),
                })
            };
            scores.cell(row, &column.name, outcome);
        }
    }
    for (number, _) in ours.into_iter().filter(|(_, m)| m.cells.told()) {
        if torn.contains(&number) {
            scores.torn();
            continue;
        }
        scores.row(&loaded.name, &table.name, number, [true, false]);
    }
}

/// Did tshark see the protocol in the capture? Then a table that is not there was not made.
fn in_hierarchy(loaded: &Loaded, protocol: &str) -> bool {
    let rows = loaded.rows("phs.tsv").unwrap_or_default();
    rows.iter()
        .filter_map(|r| r.get(1))
        .any(|path| path.split(':').any(|p| p == protocol))
}

/// Equal but for the way of writing.
fn same(ours: &str, theirs: &str) -> bool {
    ours == theirs || {
        // tshark replaces what is no text in other ways than by U+FFFD, and writes it as octal or hexadecimal escapes.
        let plain = |t: &str| -> String {
            t.chars()
                .filter(|c| c.is_ascii_graphic() || *c == ' ')
                .collect()
        };
        (ours.contains('\u{fffd}') || theirs.contains('\u{fffd}')) && plain(ours) == plain(theirs)
    }
}

/// The fields behind a column's name.
fn fields(column: &str) -> Vec<&'static Field> {
    let name = match column {
        "src" => "ip.src",
        "dst" => "ip.dst",
        name => name,
    };
    schema().fields(name).into_iter().map(|d| d.field).collect()
}

fn address(field: &'static Field) -> usize {
    std::ptr::from_ref(field) as usize
}

/// Values of a packet in a table, column by column.
#[derive(Clone, Default)]
struct Cells(Vec<(usize, String)>);

impl Cells {
    fn text(&self, column: usize) -> String {
        let of = self.0.iter().filter(|(c, _)| *c == column);
        of.map(|(_, v)| v.as_str()).collect::<Vec<_>>().join("|")
    }

    fn told(&self) -> bool {
        self.0.iter().any(|(_, v)| !v.is_empty())
    }
}

/// A packet's row of one table.
struct Row {
    cells: Cells,
    context: Cells,
}

impl Row {
    /// A column of the context. The recorder took IPv6's addresses only where there are none of IPv4.
    fn context(&self, column: usize) -> String {
        let own = self.context.text(column);
        if own.is_empty() && column < 2 {
            self.context.text(CONTEXT.len() + column)
        } else {
            own
        }
    }
}

/// Collects the cells of every packet.
struct Rows<'a> {
    tables: &'a Tables,
    packet: Vec<Cells>,
    context: Cells,
    all: Vec<BTreeMap<u32, Row>>,
    /// A value of the packet holds [`BETWEEN_COLUMNS`].
    torn: bool,
    /// The packets of which that is so.
    torn_packets: BTreeSet<u32>,
}

impl Rows<'_> {
    fn take(&mut self, field: &'static Field, value: Value<'_>) {
        for place in self
            .tables
            .places
            .get(&address(field))
            .into_iter()
            .flatten()
        {
            match *place {
                Place::Context(n) => self.context.0.push((n, plain(field, value))),
                Place::Cell(table, column) => {
                    self.torn |= matches!(value, Value::Text(t) if t.contains(BETWEEN_COLUMNS));
                    if let Some(cells) = self.packet.get_mut(table) {
                        cells.0.push((column, written(field, value)));
                    }
                }
            }
        }
    }
}

/// A value as `tshark -T fields` writes it.
fn written(field: &Field, value: Value<'_>) -> String {
    let text = match (field.kind, value) {
        // Where a protocol writes seconds of the day as UTCTime, tshark gives the date and its zone.
        (Kind::Time, Value::Time(t)) if field.name.starts_with("x509") => {
            let text = t.rfc3339();
            let text = text.replace('T', " ");
            format!("{} (UTC)", text.split(['.', 'Z']).next().unwrap_or(""))
        }
        _ => plain(field, value),
    };
    escaped(&text, field.name.starts_with("dns."))
}

/// Control characters as C writes them, those without a letter in hexadecimal. What is behind a zero tshark does not print,
/// and the mark between two values stands for itself. In names of DNS they are escaped before, in octal, the zero too.
fn escaped(text: &str, name: bool) -> String {
    if !text.contains(|c: char| c.is_ascii_control()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if name && c.is_ascii_control() => {
                let _ = write!(out, "\\{:03o}", u32::from(c));
            }
            '\0' => break,
            '\x08' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\x0c' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            BETWEEN_VALUES => out.push('|'),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

impl FieldSink for Rows<'_> {
    fn wants(&self, _: &'static LayerInfo) -> bool {
        true
    }
    fn layer(&mut self, _: &'static LayerInfo, _: ByteRange) {}
    fn open(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        self.take(field, value);
    }
    fn field(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        self.take(field, value);
    }
    fn close(&mut self) {}
    fn source(&mut self, _: &'static str, _: &[u8]) -> SourceId {
        SourceId(0)
    }
    fn info(&mut self, _: std::fmt::Arguments<'_>) {}
}

impl Visitor for Rows<'_> {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.packet.fill(Cells::default());
        self.context.0.clear();
        self.torn = false;
        (self, None)
    }

    fn described(&mut self, packet: PacketRef, _: &Session) {
        if self.torn {
            self.torn_packets.insert(packet.number);
        }
        for (cells, rows) in self.packet.iter_mut().zip(&mut self.all) {
            if cells.told() {
                let row = Row {
                    cells: std::mem::take(cells),
                    context: self.context.clone(),
                };
                rows.insert(packet.number, row);
            }
        }
    }
}
