//! Dates and times, in each backend's words. On SQLite they are text, of which the parts stand at fixed places: its own functions count in
//! milliseconds, and would round up to the next second.

use sea_query::Expr;

use super::Renderer;
use crate::engine::Family;
use crate::query::node::{DatePart, Start};
use crate::value::SqlType;

impl Renderer<'_> {
    pub(super) fn now(&self, sql_type: SqlType) -> &'static str {
        match (self.family, sql_type) {
            (Family::Postgres, SqlType::Timestamp) => "STATEMENT_TIMESTAMP()",
            (Family::Postgres, _) => "(STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC')",
            (Family::MySql, _) => "UTC_TIMESTAMP(6)",
            // As bindery writes them: without zeros at the end.
            (Family::Sqlite, _) => "RTRIM(RTRIM(STRFTIME('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.')",
        }
    }

    /// A moment as the date and time that it is in UTC.
    fn in_utc(&self, of: SqlType, expressions: Vec<Expr>) -> Vec<Expr> {
        match (self.family, of) {
            (Family::Postgres, SqlType::Timestamp) => vec![self.template("{} AT TIME ZONE 'UTC'", expressions)],
            _ => expressions,
        }
    }

    pub(super) fn date_part(&self, part: DatePart, of: SqlType, expressions: Vec<Expr>) -> Expr {
        let text = match self.family {
            Family::Postgres => match part {
                DatePart::Year => "CAST(EXTRACT(YEAR FROM {}) AS bigint)",
                DatePart::Month => "CAST(EXTRACT(MONTH FROM {}) AS bigint)",
                DatePart::Day => "CAST(EXTRACT(DAY FROM {}) AS bigint)",
                DatePart::Weekday => "CAST(EXTRACT(ISODOW FROM {}) AS bigint)",
                DatePart::Hour => "CAST(EXTRACT(HOUR FROM {}) AS bigint)",
                DatePart::Minute => "CAST(EXTRACT(MINUTE FROM {}) AS bigint)",
                DatePart::Second => "CAST(FLOOR(EXTRACT(SECOND FROM {})) AS bigint)",
                DatePart::UnixSeconds => "CAST(FLOOR(EXTRACT(EPOCH FROM {})) AS bigint)",
            },
            Family::MySql => match part {
                DatePart::Year => "YEAR({})",
                DatePart::Month => "MONTH({})",
                DatePart::Day => "DAYOFMONTH({})",
                DatePart::Weekday => "(WEEKDAY({}) + 1)",
                DatePart::Hour => "HOUR({})",
                DatePart::Minute => "MINUTE({})",
                DatePart::Second => "SECOND({})",
                // Those of 1970-01-01.
                DatePart::UnixSeconds => "(TO_SECONDS({}) - 62167219200)",
            },
            Family::Sqlite => match (part, of) {
                (DatePart::Year, _) => "CAST(SUBSTR({}, 1, 4) AS INTEGER)",
                (DatePart::Month, _) => "CAST(SUBSTR({}, 6, 2) AS INTEGER)",
                (DatePart::Day, _) => "CAST(SUBSTR({}, 9, 2) AS INTEGER)",
                // Its own week begins with Sunday, which is 0.
                (DatePart::Weekday, _) => "((CAST(STRFTIME('%w', SUBSTR({}, 1, 10)) AS INTEGER) + 6) % 7 + 1)",
                (DatePart::Hour, SqlType::Time) => "CAST(SUBSTR({}, 1, 2) AS INTEGER)",
                (DatePart::Minute, SqlType::Time) => "CAST(SUBSTR({}, 4, 2) AS INTEGER)",
                (DatePart::Second, SqlType::Time) => "CAST(SUBSTR({}, 7, 2) AS INTEGER)",
                (DatePart::Hour, _) => "CAST(SUBSTR({}, 12, 2) AS INTEGER)",
                (DatePart::Minute, _) => "CAST(SUBSTR({}, 15, 2) AS INTEGER)",
                (DatePart::Second, _) => "CAST(SUBSTR({}, 18, 2) AS INTEGER)",
                (DatePart::UnixSeconds, _) => "CAST(STRFTIME('%s', SUBSTR({}, 1, 19)) AS INTEGER)",
            },
        };
        let expressions = self.in_utc(of, expressions);
        self.template(text, expressions)
    }

    pub(super) fn start_of(&self, start: Start, of: SqlType, expressions: Vec<Expr>) -> Expr {
        let text = match (self.family, start) {
            (Family::Postgres, Start::Day) => "CAST({} AS date)",
            // Without the cast, a date would be taken for a moment in the session's zone.
            (Family::Postgres, Start::Week) => "CAST(DATE_TRUNC('week', CAST({} AS timestamp)) AS date)",
            (Family::Postgres, Start::Month) => "CAST(DATE_TRUNC('month', CAST({} AS timestamp)) AS date)",
            (Family::Postgres, Start::Year) => "CAST(DATE_TRUNC('year', CAST({} AS timestamp)) AS date)",
            (Family::MySql, Start::Day) => "DATE({})",
            // `%x` and `%v` are the year and week of ISO 8601.
            (Family::MySql, Start::Week) => "STR_TO_DATE(DATE_FORMAT({}, '%x %v Monday'), '%x %v %W')",
            (Family::MySql, Start::Month) => "CAST(DATE_FORMAT({}, '%Y-%m-01') AS DATE)",
            (Family::MySql, Start::Year) => "CAST(DATE_FORMAT({}, '%Y-01-01') AS DATE)",
            (Family::Sqlite, Start::Day) => "SUBSTR({}, 1, 10)",
            (Family::Sqlite, Start::Week) => "DATE(SUBSTR({}, 1, 10), '-6 days', 'weekday 1')",
            (Family::Sqlite, Start::Month) => "(SUBSTR({}, 1, 7) || '-01')",
            (Family::Sqlite, Start::Year) => "(SUBSTR({}, 1, 4) || '-01-01')",
        };
        let expressions = self.in_utc(of, expressions);
        self.template(text, expressions)
    }
}
