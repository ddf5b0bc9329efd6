//! Attributes, laid out as `rustfmt` lays them out.

/// The widest line.
const WIDTH: usize = 100;

/// The widest list of several items that stands on one line.
const LIST: usize = 70;

/// One thing that an attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// `unique`, `max_length = 20`
    Word(String),
    /// `columns(a, b)`
    List(&'static str, Vec<Item>),
}

impl Item {
    pub(super) fn word(word: impl Into<String>) -> Self {
        Item::Word(word.into())
    }

    /// `name = "text"`
    pub(super) fn text(name: &str, text: &str) -> Self {
        Item::Word(format!("{name} = {}", literal(text)))
    }

    /// Whether it is `key = …`.
    pub(super) fn is(&self, key: &str) -> bool {
        matches!(self, Item::Word(word) if word.split(" = ").next() == Some(key))
    }

    fn line(&self) -> String {
        match self {
            Item::Word(word) => word.clone(),
            Item::List(name, items) => format!("{name}({})", joined(items)),
        }
    }

    /// The lists that have no other item than the next, and the items of the last.
    fn chain(&self) -> (Vec<&'static str>, &[Item]) {
        match self {
            Item::Word(_) => (Vec::new(), std::slice::from_ref(self)),
            Item::List(name, items) => match items.as_slice() {
                [only @ Item::List(..)] => {
                    let (mut names, items) = only.chain();
                    names.insert(0, name);
                    (names, items)
                }
                items => (vec![name], items),
            },
        }
    }

    /// In as few lines as it may stand in, those behind the first of this indent; `around` is what stands on the first one beside it.
    fn laid_out(&self, indent: usize, around: usize) -> String {
        let (line, (names, items)) = (self.line(), self.chain());
        let is_narrow = items.len() < 2 || width(&joined(items)) <= LIST;
        if names.is_empty() || (is_narrow && indent + around + names.len() + width(&line) <= WIDTH) {
            return line;
        }
        let inner = indent + 4;
        let lines: Vec<_> = items.iter().map(|item| format!("{:inner$}{}", "", item.laid_out(inner, 0))).collect();
        format!("{}(\n{}\n{:indent$}{}", names.join("("), lines.join(",\n"), "", ")".repeat(names.len()))
    }
}

/// `#[column(…)]` with an end of line, or nothing where it says nothing.
pub(super) fn attribute(indent: usize, name: &'static str, items: Vec<Item>) -> String {
    if items.is_empty() {
        return String::new();
    }
    let around = if indent == 0 { 2 } else { 3 };
    format!("{:indent$}#[{}]\n", "", Item::List(name, items).laid_out(indent, around))
}

/// A text as Rust's source has it.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Lines of documentation.
pub(super) fn docs(indent: usize, text: &str) -> String {
    let line = |line: &str| {
        // A direction that turns in a comment is an error of the compiler's.
        let shown: String =
            line.chars().filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect();
        format!("{:indent$}{}\n", "", format!("/// {shown}").trim_end())
    };
    text.replace("\r\n", "\n").split(['\n', '\r']).map(line).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn joined(items: &[Item]) -> String {
    items.iter().map(Item::line).collect::<Vec<_>>().join(", ")
}
