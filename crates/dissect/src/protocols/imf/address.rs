//! Addresses in heads (RFC 5322 section 3.4), taken apart as Wireshark does: an item, its display name, its address.

/// One item of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Item {
    /// Where it stands in the value.
    pub(super) range: (usize, usize),
    /// Display name, where there is one.
    pub(super) name: Option<(usize, usize)>,
    pub(super) address: Option<(usize, usize)>,
}

/// Items of a value that are read.
const ITEMS: usize = 256;

/// The place of `inner` without blanks around it.
fn trimmed(value: &[u8], from: usize, to: usize) -> (usize, usize) {
    let text = value.get(from..to).unwrap_or_default();
    let lead = text.len() - text.trim_ascii_start().len();
    let len = text.trim_ascii().len();
    (from + lead, from + lead + len)
}

/// The items of a value: commas within quotes, angles and comments part nothing.
pub(super) fn items(value: &[u8]) -> Vec<Item> {
    let mut out = Vec::new();
    let (mut from, mut quoted, mut angle, mut comment) = (0, false, false, 0u32);
    let mut escaped = false;
    for (n, b) in value.iter().chain(b",").enumerate() {
        let last = n == value.len();
        if !last && std::mem::take(&mut escaped) {
            continue;
        }
        match b {
            b'\\' if !last => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => angle = true,
            b'>' if !quoted => angle = false,
            b'(' if !quoted => comment += 1,
            b')' if !quoted => comment = comment.saturating_sub(1),
            b',' if last || (!quoted && !angle && comment == 0) => {
                let range = trimmed(value, from, n);
                if range.0 < range.1 && out.len() < ITEMS {
                    out.push(item(value, range));
                }
                from = n + 1;
            }
            _ => {}
        }
    }
    out
}

fn item(value: &[u8], range: (usize, usize)) -> Item {
    let text = value.get(range.0..range.1).unwrap_or_default();
    let Some(open) = memchr::memrchr(b'<', text) else {
        return Item {
            range,
            name: None,
            address: Some(range),
        };
    };
    let name = trimmed(value, range.0, range.0 + open);
    let behind = text.get(open + 1..).unwrap_or_default();
    let close = memchr::memchr(b'>', behind);
    Item {
        range,
        name: Some(name).filter(|n| n.0 < n.1),
        address: close.map(|n| (range.0 + open + 1, range.0 + open + 1 + n)),
    }
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn names_and_addresses() {
        let value = b"\"Last, First\" <a@b>, c@d,, (x, y) e@f, G <g@h";
        let told: Vec<_> = items(value)
            .into_iter()
            .map(|i| {
                let text = |r: (usize, usize)| std::str::from_utf8(&value[r.0..r.1]).unwrap();
                (i.name.map(text), i.address.map(text))
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some("\"Last, First\""), Some("a@b")),
                (None, Some("c@d")),
                (None, Some("(x, y) e@f")),
                (Some("G"), None),
            ]
        );
        assert!(items(b"").is_empty());
        assert_eq!(items(b"\"a, b").len(), 1);
    }
}
