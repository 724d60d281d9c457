//! Why two sides differ, where a person wrote it down: `tests/parity/reasons.tsv`,
//! `capture TAB item TAB class TAB reason`; `*` stands for anything, at the end of a name for its rest.

use std::path::Path;

/// What kind of reason it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// The two take the same bytes for different protocols.
    Recognition,
    /// A protocol that Weir does not read.
    Unread,
    /// The other side counts by its own definition, or by an option of its test: nothing to compare.
    Definition,
    /// The other side's limits, or a definition that Weir has good reason not to follow: excused.
    Theirs,
    /// Weir is wrong and it is not mended yet: a difference like one without a reason.
    Ours,
}

impl Class {
    /// Its word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Recognition => "recognition",
            Self::Unread => "unread",
            Self::Definition => "definition",
            Self::Theirs => "theirs",
            Self::Ours => "ours",
        }
    }

    fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Recognition,
            Self::Unread,
            Self::Definition,
            Self::Theirs,
            Self::Ours,
        ];
        all.into_iter().find(|c| c.word() == word)
    }
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    capture: String,
    item: String,
    /// Of which kind.
    pub class: Class,
    /// In words.
    pub text: String,
}

impl Reason {
    /// Class and words as two cells.
    #[must_use]
    pub fn cells(&self) -> String {
        format!("{}\t{}", self.class.word(), self.text)
    }
}

/// The reasons, in the order of the file: the first that fits holds.
#[derive(Debug, Default)]
pub struct Reasons(Vec<Reason>);

impl Reasons {
    /// Those of the project.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it is not of the form.
    pub fn read() -> Result<Self, String> {
        Self::of_file("parity/reasons.tsv")
    }

    /// Those in a file of `tests/`.
    ///
    /// # Errors
    /// As [`Reasons::read`].
    pub fn of_file(name: &str) -> Result<Self, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let text =
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, l)| !l.starts_with('#'));
        let rows = lines.map(|(n, l)| {
            row(l).ok_or_else(|| {
                format!(
                    "{}:{}: not capture TAB item TAB recognition|unread|definition|theirs|ours TAB reason",
                    path.display(),
                    n + 1
                )
            })
        });
        rows.collect::<Result<_, _>>().map(Self)
    }

    /// The reason for an item of a capture.
    #[must_use]
    pub fn of(&self, capture: &str, item: &str) -> Option<&Reason> {
        let fits = |pattern: &str, text: &str| {
            pattern == "*"
                || pattern == text
                || pattern
                    .strip_suffix('*')
                    .is_some_and(|p| text.starts_with(p))
        };
        self.0
            .iter()
            .find(|r| fits(&r.capture, capture) && fits(&r.item, item))
    }

    /// Its class.
    #[must_use]
    pub fn class(&self, capture: &str, item: &str) -> Option<Class> {
        self.of(capture, item).map(|r| r.class)
    }

    /// Class and words as two cells; empty without a reason.
    #[must_use]
    pub fn cells(&self, capture: &str, item: &str) -> String {
        self.of(capture, item)
            .map_or_else(|| "\t".to_owned(), Reason::cells)
    }
}

fn row(line: &str) -> Option<Reason> {
    let mut cells = line.splitn(4, '\t').map(str::to_owned);
    Some(Reason {
        capture: cells.next()?,
        item: cells.next()?,
        class: Class::of(&cells.next()?)?,
        text: cells.next().filter(|t| !t.is_empty())?,
    })
}
