//! Each block of code in the book says which test it is from, and stands there word for word.

use std::path::{Path, PathBuf};

/// Where a part of a test begins and ends that the book shows.
const SHOWN: &str = "// --- ";

pub(crate) fn is_to_write() -> bool {
    std::env::var_os("BINDERY_WRITE_DOCS").is_some_and(|value| value == "1")
}

/// Compares a page of the book with what it should be, or writes it.
pub(crate) fn compare(name: &str, written: &str) {
    let file = folder().join(name);
    if is_to_write() {
        std::fs::write(&file, written).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (stands, is) = (lines(&committed), lines(written));
    let first = stands.iter().zip(&is).find(|(stands, is)| stands != is);
    assert!(
        committed == written,
        "docs/book/{name} is not what the tests say; the first line that differs: {first:?}\n\
         Where that is meant, write it: BINDERY_WRITE_DOCS=1 cargo nextest run --all-features --test book"
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/book")
}

#[test]
fn the_book_shows_what_is_tested() {
    for chapter in ["expressions", "select", "running", "changing", "raw_sql"] {
        let page = std::fs::read_to_string(folder().join(format!("{chapter}.md"))).unwrap();
        let tests = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/book/{chapter}.rs"))).unwrap();
        let shown = parts(&tests);
        for (name, _) in &shown {
            assert!(page.contains(&format!("<!-- {name} -->")), "docs/book/{chapter}.md leaves out the part `{name}`");
        }
        compare(&format!("{chapter}.md"), &written(&page, &shown));
    }
}

/// The parts of a file that are shown, by their names: from `// --- NAME` to `// ---`.
fn parts(tests: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    for line in tests.lines() {
        if let Some(name) = line.trim().strip_prefix(SHOWN) {
            open = Some((name.to_owned(), Vec::new()));
        } else if line.trim() == SHOWN.trim() {
            let (name, lines) = open.take().unwrap();
            let indent = lines.iter().filter(|line| !line.is_empty()).map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
            parts.push((name, lines.iter().map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect()));
        } else if let Some((_, lines)) = &mut open {
            lines.push(line);
        }
    }
    assert!(open.is_none(), "a part is not closed");
    parts
}

/// The page with the parts that its comments name: `<!-- NAME -->`, and behind it the block.
fn written(page: &str, parts: &[(String, String)]) -> String {
    let mut written = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        written.push_str(&format!("{line}\n"));
        let name = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some((_, code)) = name.and_then(|name| parts.iter().find(|(part, _)| part == name)) else { continue };
        if lines.peek().is_some_and(|line| line.starts_with("```")) {
            lines.next();
            lines.by_ref().find(|line| line.starts_with("```"));
        }
        written.push_str(&format!("```rust\n{code}```\n"));
    }
    written
}
