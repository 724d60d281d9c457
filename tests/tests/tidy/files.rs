//! What every source file has: a first line that says what it is, and a size that can be read.

use crate::{Source, assert_none, sources};

/// Lines of a file without its unit tests.
const LONGEST: usize = 800;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[(
    "crates/dissect/src/protocols/tls/fields.rs",
    "one static a field, in the order of the specification; nothing to follow",
)];

fn rust() -> Vec<Source> {
    let mut files = sources("crates", &[".rs"]);
    files.extend(sources("tests", &[".rs"]));
    files
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent: Vec<String> = rust()
        .into_iter()
        .filter(|file| !file.text.lines().any(|line| line.starts_with("//! ")))
        .map(|file| file.path)
        .collect();
    assert_none("a module begins with a //! line", &silent);
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut broken = Vec::new();
    for file in rust() {
        let lines = file
            .text
            .lines()
            .take_while(|line| *line != "#[cfg(test)]")
            .count();
        let allowed = LONGER.iter().any(|(path, _)| *path == file.path);
        if lines > LONGEST && !allowed {
            broken.push(format!("{}: {lines} lines", file.path));
        }
        if lines <= LONGEST && allowed {
            broken.push(format!("{}: {lines} lines, needs no exception", file.path));
        }
    }
    assert_none("no file above 800 lines without its tests", &broken);
}
