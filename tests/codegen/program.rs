//! A program of generated models, as someone else would have it: a package of its own that depends on bindery.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MAIN: &str = r#"use bindery::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> bindery::Result<()> {
    let mut builder = bindery::builder();
    for argument in std::env::args().skip(1) {
        if let Some((bind, url)) = argument.split_once('=') {
            builder = builder.bind(bind, url);
        }
    }
    let databases = builder.connect().await?;
    databases.create_all(All).await?;
    databases.create_all(All).await?;
    databases.close().await;
    Ok(())
}
"#;

/// Builds a program that has these modules, by name and source, and creates all of its tables.
pub(crate) fn build<'m>(modules: impl IntoIterator<Item = (&'m str, &'m str)>) -> PathBuf {
    let folder = target().join("codegen");
    fs::create_dir_all(folder.join("src")).unwrap();
    let mut main = String::new();
    for (name, source) in modules {
        // As it is, but for what a program that only creates tables doesn't read.
        main += &format!("#[allow(dead_code)]\nmod {name};\n");
        write(&folder.join(format!("src/{name}.rs")), source);
    }
    write(&folder.join("src/main.rs"), &(main + MAIN));
    write(&folder.join("Cargo.toml"), &manifest());
    if !folder.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    }
    let built = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target())
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target().join("debug/codegen-program")
}

/// Runs it with a database for each bind.
pub(crate) fn run(program: &Path, binds: impl IntoIterator<Item = String>) {
    let ran = Command::new(program).args(binds).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// With the dependencies that bindery's own tests have: so what these were built with is built already.
fn manifest() -> String {
    let own = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let section = |name: &str| {
        let (_, behind) = own.split_once(&format!("\n[{name}]\n")).unwrap();
        behind.split("\n[").next().unwrap().replace("path = \".", &format!("path = \"{}", root().display()))
    };
    let paths = |section: String| {
        section
            .replace("path = \"", &format!("path = \"{}/", root().display()))
            .replace(&format!("{0}/{0}", root().display()), &root().display().to_string())
    };
    format!(
        "[workspace]\nresolver = \"3\"\n\n[workspace.dependencies]\n{}\n[package]\nname = \"codegen-program\"\nedition = \"2024\"\n\n[dependencies]\n{}",
        paths(section("workspace.dependencies")),
        paths(section("dev-dependencies"))
    )
}

/// Only where it differs, so that what is built already stays so.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where this test was built.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().to_owned()
}
