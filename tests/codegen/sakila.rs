//! Sakila, as it is published: its scripts are in the package `sea-schema` (BSD), which nothing here is built with.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The script of a backend, from the folder where cargo keeps the package.
pub(crate) fn script(backend: &str) -> String {
    let sql = std::fs::read_to_string(folder().join(backend)).unwrap();
    match backend.split('/').next() {
        // A database of its own, which the test has.
        Some("mysql") => ["DROP SCHEMA IF EXISTS sakila;", "CREATE SCHEMA sakila;", "USE sakila;", "sakila."]
            .iter()
            .fold(sql, |sql, of_database| sql.replace(of_database, "")),
        // A partitioned table has no primary key without its partitions: PostgreSQL refuses ONLY there.
        Some("postgres") => sql.replace("ALTER TABLE ONLY film\n", "ALTER TABLE film\n"),
        _ => sql,
    }
}

fn folder() -> PathBuf {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "sea-schema").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("tests").join("sakila")
}
