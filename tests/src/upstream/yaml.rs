//! As much of YAML as Suricata's checks are written in: block maps, block lists, plain and quoted scalars, lists on
//! one line. What is written otherwise becomes text.

use serde_json::{Map, Value};

/// A document; a deeper nesting than [`DEEP`] is left out.
pub(super) fn read(text: &str) -> Value {
    let lines: Vec<Line> = text.lines().filter_map(Line::new).collect();
    let mut at = 0;
    let indent = lines.first().map_or(0, |l| l.indent);
    block(&lines, &mut at, indent, 0)
}

const DEEP: usize = 32;

struct Line {
    indent: usize,
    text: String,
}

impl Line {
    fn new(line: &str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        let text = without_comment(text).trim_end();
        let nothing = text.is_empty() || text == "---" || text.starts_with('%');
        (!nothing).then(|| Self {
            indent,
            text: text.to_owned(),
        })
    }
}

fn without_comment(text: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (n, c) in text.char_indices() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') && matches!(before, ' ' | '[' | ',') => quote = Some(c),
            None if c == '#' && before == ' ' => return text.get(..n).unwrap_or(text),
            None => {}
        }
        before = c;
    }
    text
}

fn block(lines: &[Line], at: &mut usize, indent: usize, depth: usize) -> Value {
    let Some(first) = lines.get(*at).filter(|_| depth < DEEP) else {
        *at = lines.len();
        return Value::Null;
    };
    if first.text.starts_with("- ") || first.text == "-" {
        return list(lines, at, indent, depth);
    }
    let mut out = Map::new();
    while let Some(line) = lines.get(*at).filter(|l| l.indent == indent) {
        let Some((key, rest)) = pair(&line.text) else {
            // Text over several lines.
            *at += 1;
            continue;
        };
        *at += 1;
        let value = if rest.is_empty() {
            match lines.get(*at) {
                Some(l) if l.indent > indent => block(lines, at, l.indent, depth + 1),
                Some(l) if l.indent == indent && l.text.starts_with('-') => {
                    list(lines, at, indent, depth + 1)
                }
                _ => Value::Null,
            }
        } else {
            scalar(rest)
        };
        // What a value has on further lines.
        let mut value = value;
        while let Some(more) = lines.get(*at).filter(|l| l.indent > indent) {
            if let Value::String(text) = &mut value {
                text.push(' ');
                text.push_str(&more.text);
            }
            *at += 1;
        }
        out.insert(key, value);
    }
    Value::Object(out)
}

fn list(lines: &[Line], at: &mut usize, indent: usize, depth: usize) -> Value {
    let mut out = Vec::new();
    while let Some(line) = lines
        .get(*at)
        .filter(|l| l.indent == indent && l.text.starts_with('-'))
    {
        let rest = line.text.trim_start_matches('-');
        let inner = rest.trim_start();
        *at += 1;
        if inner.is_empty() {
            let deeper = lines
                .get(*at)
                .filter(|l| l.indent > indent)
                .map(|l| l.indent);
            out.push(deeper.map_or(Value::Null, |d| block(lines, at, d, depth + 1)));
        } else if pair(inner).is_some() {
            // The first pair stands behind the dash, the others below it.
            let own = indent + 1 + (rest.len() - inner.len());
            let mut body = vec![Line {
                indent: own,
                text: inner.to_owned(),
            }];
            while let Some(l) = lines.get(*at).filter(|l| l.indent > indent) {
                body.push(Line {
                    indent: l.indent,
                    text: l.text.clone(),
                });
                *at += 1;
            }
            out.push(block(&body, &mut 0, own, depth + 1));
        } else {
            out.push(scalar(inner));
        }
    }
    Value::Array(out)
}

/// A key and what stands behind its colon.
fn pair(text: &str) -> Option<(String, &str)> {
    if text.starts_with(['"', '\'', '[', '{']) {
        let end = text.get(1..)?.find(text.chars().next()?)? + 2;
        let rest = text.get(end..)?.strip_prefix(':')?;
        return Some((text.get(1..end - 1)?.to_owned(), rest.trim()));
    }
    let (key, rest) = text
        .split_once(": ")
        .or(text.strip_suffix(':').map(|k| (k, "")))?;
    Some((key.trim().to_owned(), rest.trim()))
}

fn scalar(text: &str) -> Value {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        let items = inner.split(',').map(str::trim).filter(|t| !t.is_empty());
        return Value::Array(items.map(scalar).collect());
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        return Value::String(inner.replace("''", "'"));
    }
    if text.starts_with('"') {
        let json = serde_json::from_str(text).ok();
        return json.unwrap_or_else(|| Value::String(text.trim_matches('"').to_owned()));
    }
    match text {
        "true" | "yes" => Value::Bool(true),
        "false" | "no" => Value::Bool(false),
        "null" | "~" => Value::Null,
        _ => text
            .parse::<i64>()
            .map_or_else(|_| Value::String(text.to_owned()), Value::from),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    #[test]
    fn checks_are_read_as_they_are_written() {
        let text = "requires:\n  min-version: 7 # or later\nchecks:\n- filter:\n    count: 2\n    match:\n      event_type: dns\n      dns.queries[0].rrname: \"a # b\"\n      http:\n        url: /x:y\n        agent: one\n          two\n- shell:\n    args: test -e a\nargs:\n  - -k none\n  - a\nlist: [1, \"b\"]\n";
        assert_eq!(
            read(text),
            json!({
                "requires": {"min-version": 7},
                "checks": [
                    {"filter": {"count": 2, "match": {"event_type": "dns", "dns.queries[0].rrname": "a # b", "http": {"url": "/x:y", "agent": "one two"}}}},
                    {"shell": {"args": "test -e a"}},
                ],
                "args": ["-k none", "a"],
                "list": [1, "b"],
            })
        );
    }
}
