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
        self.line(&table.header);
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
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &[&'static str]) -> Self {
        Table { header: header.to_vec(), rows: Vec::new() }
    }

    /// With a column for each of the backends behind these.
    pub(crate) fn of_backends(header: &[&'static str]) -> Self {
        Table { header: [header, &BACKENDS].concat(), rows: Vec::new() }
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

/// The backends of a table, in the order of `main`'s places; MySQL 5.7 has no column of its own.
const BACKENDS: [&str; 3] = ["SQLite", "PostgreSQL", "MySQL, MariaDB"];

/// The cells of a row for the [backends](BACKENDS), of one for each place.
pub(crate) fn backends(places: impl IntoIterator<Item = String>) -> [String; 3] {
    let [sqlite, postgres, mariadb, mysql] = places.into_iter().collect::<Vec<_>>().try_into().unwrap();
    [sqlite, postgres, both(mariadb, &mysql)]
}

/// What MariaDB does; and MySQL 5.7, where that is something else.
pub(crate) fn both(mariadb: String, mysql: &str) -> String {
    if mariadb == mysql { mariadb } else { format!("{mariadb}; MySQL 5.7: {mysql}") }
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
