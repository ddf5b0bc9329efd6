//! The code of `docs/DRIVERS.md` is this example's own: each of its blocks says where it is from, and stands there word for word.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

use std::collections::HashSet;
use std::path::Path;

const WRITE: &str = "BINDERY_WRITE_DOCS";

fn is_to_write() -> bool {
    std::env::var_os(WRITE).is_some_and(|value| value == "1")
}

#[test]
fn the_page_of_drivers_shows_this_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = folder.join("../../docs/DRIVERS.md");
    let committed = std::fs::read_to_string(&file).unwrap();
    let written = written(&committed, |name| std::fs::read_to_string(folder.join(name)).unwrap());
    if is_to_write() {
        std::fs::write(&file, &written).unwrap();
        return;
    }
    let (stands, is) = committed.lines().zip(written.lines()).find(|(stands, is)| stands != is).unwrap_or_default();
    assert!(
        committed == written,
        "docs/DRIVERS.md shows other code than the example has:\n- {stands}\n+ {is}\n\
         Where that is meant, write the page: {WRITE}=1 cargo nextest run -p custom-engine"
    );
}

/// Whoever copies the page's code has the whole engine, but for the lines that say where each name is from and whose each method is.
#[test]
fn the_page_of_drivers_shows_all_of_this_example() {
    if is_to_write() {
        return; // it is being written
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("../../docs/DRIVERS.md")).unwrap();
    let shown: HashSet<_> = page.lines().map(str::trim).collect();
    for file in std::fs::read_dir(folder.join("src")).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().map(str::trim) {
            let is_framing = ["use ", "mod ", "impl ", "//!"].iter().any(|sign| line.starts_with(sign));
            assert!(is_framing || shown.contains(line), "docs/DRIVERS.md leaves this line of {} out: {line}", file.display());
        }
    }
}

/// The page with the blocks that its comments ask for: `<!-- FILE: LINE -->` is the item that begins with this line, `FILE: LINE, LINE`
/// several, and the whole file without a line.
fn written(page: &str, read: impl Fn(&str) -> String) -> String {
    let mut written = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        written.push_str(&format!("{line}\n"));
        let Some(place) = line.strip_prefix("<!-- examples/custom_engine/").and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let (file, items) = place.split_once(": ").unwrap_or((place, ""));
        let text = read(file);
        let code: Vec<_> =
            items.split("; ").map(|item| find(&text, item).unwrap_or_else(|| panic!("{file} has no item `{item}`"))).collect();
        let language = file.rsplit('.').next().map_or("", |end| if end == "rs" { "rust" } else { end });
        written.push_str(&format!("```{language}\n{}\n```\n", code.join("\n\n")));
        let fence = lines.next().unwrap_or_default();
        assert!(fence.starts_with("```"), "a block of code stands below `{line}`");
        assert!(lines.any(|line| line == "```"), "the block below `{line}` has an end");
    }
    written
}

/// The item that begins so, with the comments and attributes above it, and as far to the left as it can stand.
fn find(text: &str, item: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim_start().starts_with(item))?;
    let indent = lines[at].len() - lines[at].trim_start().len();
    let belongs =
        |line: &&&str| ["//", "#["].iter().any(|sign| line.trim_start().starts_with(sign)) && !line.trim_start().starts_with("//!");
    let start = at - lines[..at].iter().rev().take_while(belongs).count();
    let is_end =
        |line: &&str| line.len() > indent && !line.starts_with(&" ".repeat(indent + 1)) && line.trim_start().starts_with(['}', ')', ']']);
    let end = match lines[at].ends_with(['{', '(', '[']) {
        true => at + 1 + lines[at + 1..].iter().position(is_end)?,
        // A part of a manifest ends at the next empty line.
        false if item.starts_with('[') => at + lines[at..].iter().position(|line| line.is_empty()).unwrap_or(lines.len() - at) - 1,
        false => at,
    };
    Some(lines[start..=end].iter().map(|line| line.get(indent..).unwrap_or_default()).collect::<Vec<_>>().join("\n"))
}
