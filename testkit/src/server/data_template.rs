use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the data folder of a server at `destination`: a copy of the one that was made first under this key, since making one takes
/// longer than everything else that a test does with a server. The copies' source is in cargo's target folder, and `cargo clean`
/// deletes it; without a target folder each is made anew.
pub(super) fn copy_or_make(key: &str, destination: &Path, make: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let Some(target) = cargo_target() else { return make() };
    let templates = target.join("bindery-testkit");
    let template = templates.join(key);
    if template.is_dir() {
        return copy(&template, destination);
    }
    make()?;
    // Where it can't be kept (a target folder that is read only), the test runs nevertheless.
    let _ = keep(destination, &templates, &template);
    Ok(())
}

/// Moved into place, so that nobody ever sees a half of it.
fn keep(source: &Path, templates: &Path, template: &Path) -> io::Result<()> {
    fs::create_dir_all(templates)?;
    let unfinished = template.with_extension("unfinished");
    let lock = File::create(template.with_extension("lock"))?;
    lock.lock()?;
    if template.is_dir() {
        return Ok(());
    }
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?; // its writer was killed
    }
    copy(source, &unfinished)?;
    fs::rename(unfinished, template)
}

/// `cp` keeps owners, permissions and times, and shares the files' blocks where the file system can.
fn copy(source: &Path, destination: &Path) -> io::Result<()> {
    let output = Command::new("cp").arg("-a").args([source, destination]).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{} could not be copied: {}", source.display(), String::from_utf8_lossy(&output.stderr).trim())))
}

/// The target folder that the test was built in; for an example of the documentation, which is built elsewhere, its package's.
fn cargo_target() -> Option<PathBuf> {
    let executable = env::current_exe().ok()?;
    let of_executable = executable.ancestors().find(|folder| is_target(folder)).map(Path::to_owned);
    of_executable.or_else(|| {
        let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
        package.ancestors().map(|folder| folder.join("target")).find(|folder| is_target(folder))
    })
}

fn is_target(folder: &Path) -> bool {
    let is_cargos = |text: &OsStr| folder.join(text).is_file();
    is_cargos(OsStr::new(".rustc_info.json")) && is_cargos(OsStr::new("CACHEDIR.TAG"))
}
