use bindery::prelude::*;

/// A row of four columns, as bindery and the raw drivers read it.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "readings")]
pub(crate) struct Reading {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) sensor: String,
    pub(crate) note: Option<String>,
    pub(crate) celsius: f64,
}

impl Reading {
    /// From rusqlite, as its users write it.
    pub(crate) fn from_rusqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Reading { id: row.get(0)?, sensor: row.get(1)?, note: row.get(2)?, celsius: row.get(3)? })
    }

    /// From the columns that mysql_async reads as a tuple.
    pub(crate) fn from_columns((id, sensor, note, celsius): (i64, String, Option<String>, f64)) -> Self {
        Reading { id, sensor, note, celsius }
    }

    /// From tokio-postgres, as its users write it.
    pub(crate) fn from_tokio_postgres(row: &tokio_postgres::Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Reading { id: row.try_get(0)?, sensor: row.try_get(1)?, note: row.try_get(2)?, celsius: row.try_get(3)? })
    }
}

impl NewReading {
    /// The row of this number: every other one without a note.
    pub(crate) fn numbered(number: u32) -> Self {
        NewReading {
            sensor: format!("sensor {:>4}", number % 1_000),
            note: number.is_multiple_of(2).then(|| format!("checked by number {number}")),
            celsius: f64::from(number) / 8.0,
        }
    }
}
