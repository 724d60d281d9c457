//! Which of many names was probably meant.

/// How many names are offered.
const OFFERED: usize = 3;

/// Longer names are not compared: nobody mistypes them.
const LONGEST: usize = 80;

/// The candidates nearest to `name` by edit distance (at most a third of its length), best first,
/// ties in the order given.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let name = name.to_ascii_lowercase();
    let length = name.chars().count();
    if length > LONGEST {
        return Vec::new();
    }
    let most = (length / 3).clamp(1, 4);
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        if candidate.len().abs_diff(name.len()) > most {
            continue;
        }
        let distance = distance(&name, &candidate.to_ascii_lowercase());
        if distance <= most {
            found.push((distance, candidate));
        }
    }
    found.sort_by_key(|(distance, _)| *distance);
    // A name with one slip of the finger makes those with two uninteresting.
    let best = found.first().map_or(0, |(distance, _)| *distance);
    found
        .into_iter()
        .filter(|(d, _)| *d == best)
        .take(OFFERED)
        .map(|(_, n)| n.to_owned())
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&row, j) + usize::from(x != *y))
                .min(at(&row, j + 1) + 1)
                .min(at(&next, j) + 1);
            let swapped = j > 0 && b.get(j - 1) == Some(&x) && last == Some(*y);
            if swapped && i > 0 {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(x);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("host", "hots", 1),
            ("http.host", "http.hosts", 1),
            ("abc", "xyz", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn offers_the_best_only() {
        assert_eq!(
            nearest("http.hots", ["http.host", "http.hotxy", "ip.src"]),
            ["http.host"]
        );
        assert!(nearest("zzz", ["http.host"]).is_empty());
    }
}
