use std::fmt::Write;

/// The page as it grows.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// A paragraph or a heading.
    pub(crate) fn text(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.trim());
        self.text.push('\n');
    }

    pub(crate) fn table(&mut self, table: &Table) {
        self.text.push('\n');
        self.line(table.header);
        self.line(&vec!["---"; table.header.len()]);
        for row in &table.rows {
            self.line(row);
        }
    }

    fn line(&mut self, cells: &[impl AsRef<str>]) {
        let cells: Vec<_> = cells.iter().map(|cell| cell.as_ref().replace('|', "\\|")).collect();
        writeln!(self.text, "| {} |", cells.join(" | ")).unwrap();
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// A table of the page.
pub(crate) struct Table {
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &'static [&'static str]) -> Self {
        Table { header, rows: Vec::new() }
    }

    /// A row. Where all but its first cell are those of the row before, it joins that one.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<_> = cells.into_iter().collect();
        match self.rows.last_mut() {
            Some(last) if last[1..] == cells[1..] => last[0] = format!("{}, {}", last[0], cells[0]),
            _ => self.rows.push(cells),
        }
    }
}

pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return "*empty*".to_owned();
    }
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// What bindery said, without the place: that is the same for every value.
pub(crate) fn refusal(error: &bindery::Error) -> String {
    let text = error.to_string();
    let text = [" (bind `", " (column `"].iter().fold(text.as_str(), |text, place| text.split(place).next().unwrap_or_default());
    let text = match text.split_once(": ") {
        Some((parameter, problem)) if parameter.starts_with("parameter ") => problem,
        _ => text,
    };
    format!("`{:?}`: {text}", error.kind())
}

/// The lines of one that are not in the other.
pub(crate) fn different_lines(before: &str, after: &str) -> String {
    let missing = |sign: char, from: &str, in_text: &str| {
        let lines: Vec<_> = in_text.lines().collect();
        from.lines().filter(|line| !lines.contains(line)).map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    missing('-', before, after) + &missing('+', after, before)
}
