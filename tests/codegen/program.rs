//! A program of generated models, as someone else would have it: a crate of its own that depends on bindery.

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

/// Builds a program that has these modules, by name and source, and creates all of its tables: with the very libraries that this test was
/// built with, so that nothing but the program is compiled.
pub(crate) fn build<'m>(folder: &Path, modules: impl IntoIterator<Item = (&'m str, &'m str)>) -> PathBuf {
    let mut main = String::new();
    for (name, source) in modules {
        // As it is, but for what a program that only creates tables doesn't read.
        main += &format!("#[allow(dead_code)]\nmod {name};\n");
        fs::write(folder.join(format!("{name}.rs")), source).unwrap();
    }
    fs::write(folder.join("main.rs"), main + MAIN).unwrap();
    let program = folder.join("program");
    let libraries = libraries();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-type", "bin", "-o"]).arg(&program).arg(folder.join("main.rs"));
    rustc.arg("-L").arg(format!("dependency={}", libraries[0].1.parent().unwrap().display()));
    for (name, file) in &libraries {
        rustc.arg("--extern").arg(format!("{name}={}", file.display()));
    }
    let built = rustc.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program
}

/// Runs it with a database for each bind.
pub(crate) fn run(program: &Path, binds: impl IntoIterator<Item = String>) {
    let ran = Command::new(program).args(binds).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// Where cargo has bindery and the crates that generated sources name, as built for this test.
fn libraries() -> Vec<(&'static str, PathBuf)> {
    const NAMED: [&str; 6] = ["bindery", "chrono", "rust_decimal", "serde_json", "tokio", "uuid"];
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo says to a test would be news to build scripts, which were run without it: they would be run again.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"].iter().any(|of_test| name.to_string_lossy().starts_with(of_test)) {
            cargo.env_remove(name);
        }
    }
    let built = cargo
        .args([
            "test",
            "--no-run",
            "--locked",
            "--workspace",
            "--all-features",
            "--test",
            "codegen",
            "--message-format",
            "json",
            "--manifest-path",
        ])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages = String::from_utf8(built.stdout).unwrap();
    let messages: Vec<serde_json::Value> = messages.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    NAMED.map(|name| (name, library(&messages, name))).into()
}

fn library(messages: &[serde_json::Value], name: &str) -> PathBuf {
    let is_library = |message: &&serde_json::Value| {
        message["reason"] == "compiler-artifact"
            && message["target"]["name"] == name
            && message["target"]["kind"][0] == "lib"
            && message["profile"]["test"] == false
    };
    let files = messages.iter().find(is_library).unwrap()["filenames"].as_array().unwrap();
    files.iter().filter_map(serde_json::Value::as_str).find(|file| file.ends_with(".rlib")).unwrap().into()
}
