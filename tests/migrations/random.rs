//! Random tables of one bind, in what every backend can have.

use bindery::BindKey;
use bindery::definition::ReferentialAction;
use bindery::schema::{Column, Index, Reference, Table};
use bindery::value::{Enumeration, SqlType};
use proptest::prelude::*;

/// The tables of one release.
#[derive(Debug, Clone)]
pub(crate) struct Release(Vec<RandomTable>);

#[derive(Debug, Clone)]
struct RandomTable {
    key: KeyKind,
    columns: Vec<RandomColumn>,
    /// To the table of this number, if it is there and its key is one column.
    reference: Option<(usize, ReferentialAction)>,
    index: bool,
    unique: bool,
    computed: bool,
    check: Option<usize>,
    comment: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum KeyKind {
    Absent,
    Generated,
    Given,
    Composite,
}

#[derive(Debug, Clone)]
struct RandomColumn {
    name: &'static str,
    kind: Kind,
    nullable: bool,
    default: bool,
    unique: bool,
    index: bool,
    comment: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Small,
    Integer,
    Large,
    Float,
    Text(u32),
    LongText,
    Decimal(u8, u8),
    Date,
    Uuid,
    Bytes,
    Mood,
}

const MOOD: Enumeration = Enumeration::new("mood", &["sad", "so so", "it's fine"]);

/// Those of tables: plain, a word of SQL, and what needs its quotes.
const TABLES: [&str; 4] = ["notes", "order", "Größe", "a \"b\" `c`"];
const COLUMNS: [&str; 6] = ["alpha", "select", "it's", "Öl", "b \"q\" `r`", "omega"];

impl Kind {
    fn column(self, name: &'static str) -> Column {
        match self {
            Kind::Bool => Column::new(name, SqlType::Bool),
            Kind::Small => Column::new(name, SqlType::I16),
            Kind::Integer => Column::new(name, SqlType::I32),
            Kind::Large => Column::new(name, SqlType::I64),
            Kind::Float => Column::new(name, SqlType::F64),
            Kind::Text(length) => Column::new(name, SqlType::Text).max_length(length),
            Kind::LongText => Column::new(name, SqlType::Text),
            Kind::Decimal(precision, scale) => Column::new(name, SqlType::Decimal).decimal(precision, scale),
            Kind::Date => Column::new(name, SqlType::Date),
            Kind::Uuid => Column::new(name, SqlType::Uuid),
            Kind::Bytes => Column::new(name, SqlType::Bytes),
            Kind::Mood => Column::new(name, SqlType::Text).enumeration(MOOD),
        }
    }

    fn default(self) -> Option<&'static str> {
        match self {
            Kind::Bool => Some("true"),
            Kind::Small | Kind::Integer | Kind::Large => Some("-7"),
            Kind::Float => Some("1.5"),
            Kind::Text(_) => Some("'it''s; \"x\"'"),
            Kind::Date => Some("'2026-11-29'"),
            Kind::Mood => Some("'so so'"),
            Kind::Decimal(..) => Some("0"),
            Kind::LongText | Kind::Uuid | Kind::Bytes => None, // MySQL has none of texts of any length
        }
    }

    /// Whether MySQL has an index over it.
    fn is_short(self) -> bool {
        !matches!(self, Kind::LongText | Kind::Bytes)
    }
}

impl Release {
    /// As tables of a bind. They live as long as the test.
    pub(crate) fn tables(&self, bind: &str) -> Vec<&'static Table> {
        let bind: BindKey = bind.parse().unwrap();
        let tables = self.0.iter().enumerate().map(|(at, table)| &*Box::leak(Box::new(self.table(at, table, bind))));
        tables.collect()
    }

    fn table(&self, at: usize, random: &RandomTable, bind: BindKey) -> Table {
        let mut table = Table::new(TABLES[at], bind);
        let id = || Column::new("id", SqlType::I64).primary_key();
        table = match random.key {
            KeyKind::Absent => table.column(Column::new("id", SqlType::I64)),
            KeyKind::Generated => table.column(id().generated()),
            KeyKind::Given => table.column(id()),
            KeyKind::Composite => table.column(id()).column(Column::new("part", SqlType::I32).primary_key()),
        };
        for random in &random.columns {
            let mut column = random.kind.column(random.name);
            if random.nullable {
                column = column.nullable();
            }
            if let (true, Some(default)) = (random.default, random.kind.default()) {
                column = column.sql_default(default);
            }
            if random.unique && random.kind.is_short() {
                column = column.unique();
            }
            if random.index && random.kind.is_short() {
                column = column.index();
            }
            if let Some(comment) = random.comment {
                column = column.comment(comment);
            }
            table = table.column(column);
        }
        if let Some((to, action)) = random.reference
            && let Some(other) = self.0.get(to)
            && matches!(other.key, KeyKind::Generated | KeyKind::Given)
        {
            let reference = Reference::to_named(TABLES[to], "id").on_delete(action);
            table = table.column(Column::new("ref", SqlType::I64).nullable().references(reference));
        }
        let short: Vec<_> = random.columns.iter().filter(|column| column.kind.is_short()).map(|column| column.name).collect();
        if let (true, [first, second, ..]) = (random.index, short.as_slice()) {
            table = table.add_index(Index::over_columns([*second, *first]).named(format!("ix_{at}_two")));
        }
        if let (true, [first, ..]) = (random.unique, short.as_slice()) {
            table = table.unique(Some(&format!("uq_{at}_two")), vec![(*first).into(), "id".into()]);
        }
        // MySQL computes nothing from a number that it generates, and MariaDB checks none.
        if random.computed && random.key != KeyKind::Generated {
            table = table.column(Column::new("double", SqlType::I64).nullable().computed("id * 2"));
        }
        if let Some(least) = random.check.filter(|_| random.key != KeyKind::Generated) {
            table = table.check(Some(&format!("ck_{at}")), format!("id > {least}"));
        }
        match random.comment {
            Some(comment) => table.comment(comment),
            None => table,
        }
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Bool),
        Just(Kind::Small),
        Just(Kind::Integer),
        Just(Kind::Large),
        Just(Kind::Float),
        // No shorter than their default.
        (9_u32..200).prop_map(Kind::Text),
        Just(Kind::LongText),
        (5_u8..12, 0_u8..4).prop_map(|(precision, scale)| Kind::Decimal(precision, scale)),
        Just(Kind::Date),
        Just(Kind::Uuid),
        Just(Kind::Bytes),
        Just(Kind::Mood),
    ]
}

fn comment() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![4 => Just(None), 1 => Just(Some("it's a \\ comment; \"so\"")), 1 => Just(Some("Größe"))]
}

fn column(name: &'static str) -> impl Strategy<Value = RandomColumn> {
    (kind(), any::<[bool; 4]>(), comment()).prop_map(move |(kind, [nullable, default, unique, index], comment)| RandomColumn {
        name,
        kind,
        nullable,
        default,
        unique,
        index: index && !unique,
        comment,
    })
}

fn table() -> impl Strategy<Value = RandomTable> {
    let key = prop_oneof![Just(KeyKind::Absent), Just(KeyKind::Generated), Just(KeyKind::Given), Just(KeyKind::Composite)];
    let columns =
        proptest::sample::subsequence(COLUMNS.to_vec(), 0..=4).prop_flat_map(|names| names.into_iter().map(column).collect::<Vec<_>>());
    let action = prop_oneof![Just(ReferentialAction::NoAction), Just(ReferentialAction::Cascade), Just(ReferentialAction::SetNull)];
    let reference = proptest::option::of((0..TABLES.len(), action));
    (key, columns, reference, any::<[bool; 3]>(), proptest::option::of(0_usize..3), comment()).prop_map(
        |(key, columns, reference, [index, unique, computed], check, comment)| RandomTable {
            key,
            columns,
            reference,
            index,
            unique,
            computed,
            check,
            comment,
        },
    )
}

/// Two releases, of which the second has some tables of the first.
pub(crate) fn two_releases() -> impl Strategy<Value = (Release, Release)> {
    let tables = || proptest::collection::vec(table(), 0..=TABLES.len());
    (tables(), tables(), any::<[bool; TABLES.len()]>(), any::<[bool; COLUMNS.len()]>()).prop_map(|(before, mut after, same, dropped)| {
        for (at, table) in after.iter_mut().enumerate() {
            if let (true, Some(old)) = (same[at], before.get(at)) {
                // The same table, but for some of its columns, and what the new one has beside.
                let mut columns = old.columns.clone();
                columns.retain(|column| !dropped[COLUMNS.iter().position(|name| *name == column.name).unwrap()]);
                let new: Vec<_> = table.columns.iter().filter(|new| !columns.iter().any(|old| old.name == new.name)).cloned().collect();
                columns.extend(new);
                *table = RandomTable { key: old.key, columns, ..table.clone() };
            }
        }
        (Release(before), Release(after))
    })
}
