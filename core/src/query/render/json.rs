//! What stands at a place in a JSON document, where it is of one kind, and else NULL.

use sea_query::Expr;

use super::Renderer;
use crate::Result;
use crate::engine::Family;
use crate::query::node::{JsonKind, JsonPlace};
use crate::value::{SqlType, Value};

/// What is written for a kind: `{json}` is the value at the place, `{text}` the same as text, `{place}` a document and a path in it. The kind is told by
/// the document's own types, since what a cast makes of another kind differs.
fn text_of(family: Family, kind: JsonKind) -> &'static str {
    match (family, kind) {
        (Family::Postgres, JsonKind::Text) => "(CASE JSONB_TYPEOF({json}) WHEN 'string' THEN {text} END)",
        (Family::Postgres, JsonKind::Integer) => {
            "(CASE WHEN JSONB_TYPEOF({json}) = 'number' AND {text} ~ '^-?[0-9]{1,19}$' \
             THEN CASE WHEN CAST({text} AS numeric) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST({text} AS bigint) END END)"
        }
        (Family::Postgres, JsonKind::Float) => "(CASE JSONB_TYPEOF({json}) WHEN 'number' THEN CAST({text} AS double precision) END)",
        (Family::Postgres, JsonKind::Boolean) => "(CASE JSONB_TYPEOF({json}) WHEN 'boolean' THEN CAST({text} AS boolean) END)",
        (Family::MySql, JsonKind::Text) => "(CASE JSON_TYPE({json}) WHEN 'STRING' THEN JSON_UNQUOTE({json}) END)",
        (Family::MySql, JsonKind::Integer) => {
            "(CASE WHEN JSON_TYPE({json}) IN ('INTEGER', 'UNSIGNED INTEGER') \
             THEN CASE WHEN CAST({json} AS DECIMAL(65, 0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CAST({json} AS DECIMAL(65, 0)) AS SIGNED) END END)"
        }
        (Family::MySql, JsonKind::Float) => {
            "(CASE WHEN JSON_TYPE({json}) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN {json} + 0e0 END)"
        }
        (Family::MySql, JsonKind::Boolean) => "(CASE JSON_TYPE({json}) WHEN 'BOOLEAN' THEN JSON_UNQUOTE({json}) = 'true' END)",
        (Family::Sqlite, JsonKind::Text) => "(CASE JSON_TYPE({place}) WHEN 'text' THEN {json} END)",
        (Family::Sqlite, JsonKind::Integer) => "(CASE JSON_TYPE({place}) WHEN 'integer' THEN {json} END)",
        (Family::Sqlite, JsonKind::Float) => "(CASE WHEN JSON_TYPE({place}) IN ('integer', 'real') THEN CAST({json} AS REAL) END)",
        (Family::Sqlite, JsonKind::Boolean) => "(CASE WHEN JSON_TYPE({place}) IN ('true', 'false') THEN {json} END)",
    }
}

impl<'a> Renderer<'a> {
    pub(super) fn json(&mut self, place: &'a JsonPlace, kind: JsonKind) -> Result<Expr> {
        let (json, text, holes) = match self.family {
            // A name finds members only, and a number elements: in a path of texts each would find the other too.
            Family::Postgres => {
                let steps = |last: &str| format!("{{}}{} {last} {{}}", " -> {}".repeat(place.steps.len().saturating_sub(1)));
                (format!("({})", steps("->")), format!("({})", steps("->>")), 1 + place.steps.len())
            }
            Family::MySql | Family::Sqlite => ("JSON_EXTRACT({}, {})".to_owned(), String::new(), 2),
        };
        let template = text_of(self.family, kind).replace("{json}", &json).replace("{text}", &text).replace("{place}", "{}, {}");
        let mut expressions = Vec::new();
        for _ in 0..template.matches("{}").count() / holes {
            expressions.push(self.expression(&place.document)?);
            match self.family {
                Family::Postgres => {
                    for step in &place.steps {
                        let sql_type = if matches!(step, Value::Text(_)) { SqlType::Text } else { SqlType::I32 };
                        expressions.push(self.value(step, sql_type)?);
                    }
                }
                Family::MySql | Family::Sqlite => expressions.push(self.value(&place.path, SqlType::Text)?),
            }
        }
        let found = self.template(&template, expressions);
        let found = if kind == JsonKind::Text { self.as_type(found, SqlType::Text) } else { found };
        // To MySQL anything is the first element of itself.
        match self.family == Family::MySql && !place.arrays.is_empty() {
            true => self.where_arrays_are(found, place),
            false => Ok(found),
        }
    }

    fn where_arrays_are(&mut self, found: Expr, place: &'a JsonPlace) -> Result<Expr> {
        let is_array = vec!["JSON_TYPE(JSON_EXTRACT({}, {})) = 'ARRAY'"; place.arrays.len()].join(" AND ");
        let mut expressions = Vec::with_capacity(2 * place.arrays.len() + 1);
        for path in &place.arrays {
            expressions.push(self.expression(&place.document)?);
            expressions.push(self.value(path, SqlType::Text)?);
        }
        expressions.push(found);
        Ok(self.template(&format!("(CASE WHEN {is_array} THEN {{}} END)"), expressions))
    }
}
