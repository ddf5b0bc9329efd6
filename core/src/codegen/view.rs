use super::attribute::{Item, docs};
use super::generator::Generator;
use super::names::{Names, snake};
use super::rust_type::RustType;
use crate::definition::ViewDefinition;

impl Generator<'_> {
    /// A view: a struct that its rows can be read into.
    pub(super) fn view(&mut self, view: &ViewDefinition, name: &str) -> String {
        let mut source = docs(0, &format!("A row of the view `{}`.", view.name));
        if let Some(comment) = &view.comment {
            source += &docs(0, &format!("\n{comment}"));
        }
        source += &format!("#[derive(Debug, Clone, PartialEq, FromRow)]\npub struct {name} {{\n");
        let mut fields = Names::default();
        for column in &view.columns {
            let field = super::column::Field {
                column,
                name: fields.take(&snake(&column.name), |_| Vec::new()),
                rust_type: self
                    .enumeration_of(&view.name, column)
                    .map_or_else(|| RustType::of(column, self.family()), |one| RustType::enumeration(&one)),
                is_nullable: column.nullable,
                generated: None,
            };
            self.features.extend(field.rust_type.feature());
            let items: Vec<Item> = field.name_item().into_iter().collect();
            source += &field.source(4, items, "pub ");
        }
        source + "}\n"
    }
}

/// A comment of the source.
pub(super) fn remark(note: &str) -> String {
    let line = |line: &str| format!("{}\n", format!("// {line}").trim_end());
    note.lines().map(line).collect()
}
