use std::path::{Path, PathBuf};

use crate::{Error, ErrorKind, Result};

/// Writes files into a folder that isn't there yet: all of them, or none.
pub(in crate::migrate) async fn write_folder(folder: PathBuf, files: Vec<(&'static str, String)>) -> Result<PathBuf> {
    let write = move || {
        let failed =
            |error: std::io::Error| Error::new(ErrorKind::Migration, format!("`{}` can't be written", folder.display())).with_source(error);
        let unfinished = unfinished(&folder);
        std::fs::create_dir_all(&unfinished).map_err(failed)?;
        for (name, text) in &files {
            std::fs::write(unfinished.join(name), text).map_err(failed)?;
        }
        std::fs::rename(&unfinished, &folder).map_err(|error| {
            // What can't be deleted has a name that is nobody's.
            let _ = std::fs::remove_dir_all(&unfinished);
            failed(error)
        })?;
        Ok(folder)
    };
    tokio::task::spawn_blocking(write)
        .await
        .map_err(|error| Error::new(ErrorKind::Interrupted, "the migration was not written to its end").with_source(error))?
}

/// Beside the folder, under a name that no migration has.
fn unfinished(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.{}.unfinished", std::process::id()))
}
