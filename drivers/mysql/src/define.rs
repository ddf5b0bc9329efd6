use bindery_core::Result;

use crate::error::{NOT_PREPARABLE, code};
use crate::link::Link;

impl Link {
    /// Runs a statement of a definition as it stands, and counts its rows: the client library takes what follows the colon of a label
    /// (`l:loop`) for a parameter of its own. The server takes it from a variable, as one statement and no more; what it can't prepare is
    /// sent as text, which it has then found to be one too.
    pub(crate) async fn define(&mut self, sql: &str) -> Result<u64> {
        // In digits, so that no setting has a say in how quotes are read.
        let digits: String = sql.bytes().map(|byte| format!("{byte:02x}")).collect();
        let prepare = format!("SET @bindery_definition = _utf8mb4 0x{digits}; PREPARE bindery_definition FROM @bindery_definition");
        match self.verb(&prepare).await {
            Ok(()) => {}
            Err(error) if code(&error) == Some(NOT_PREPARABLE) => {
                self.verb(sql).await?;
                return self.affected_rows();
            }
            Err(error) => return Err(error),
        }
        let ran = self.verb("EXECUTE bindery_definition").await;
        let rows = ran.and_then(|()| self.affected_rows());
        if rows.is_err() {
            // It is prepared still.
            self.set_traces();
            return rows;
        }
        self.verb("DEALLOCATE PREPARE bindery_definition; SET @bindery_definition = NULL").await?;
        rows
    }
}
