//! [`embed_migrations!`](crate::embed_migrations): the folders of migrations, as data of the binary.

use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, LitStr, Result};

/// `&[EmbeddedMigration { .. }, ..]`: the files are named, so that the compiler reads them, and compiles anew where they change.
pub(crate) fn expand(directory: &LitStr) -> Result<TokenStream> {
    let span = directory.span();
    let root = std::env::var("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join(directory.value());
    if !root.is_dir() {
        return Err(Error::new(span, format!("there is no folder `{}` in that of the package", directory.value())));
    }
    let mut migrations = Vec::new();
    for bind in folders(&root, span)? {
        for folder in folders(&bind, span)? {
            migrations.push(migration(&bind, &folder, span)?);
        }
    }
    Ok(quote!({
        const MIGRATIONS: &[::bindery::migrate::EmbeddedMigration] = &[#(#migrations),*];
        MIGRATIONS
    }))
}

fn migration(bind: &Path, folder: &Path, span: Span) -> Result<TokenStream> {
    let up = folder.join("up.sql");
    if !up.is_file() {
        return Err(Error::new(span, format!("`{}` has no up.sql: write it, or delete the folder", folder.display())));
    }
    let down = folder.join("down.sql");
    let (bind, name) = (text_of(bind, true, span)?, text_of(folder, true, span)?);
    let up = text_of(&up, false, span)?;
    let down = if down.is_file() {
        let path = text_of(&down, false, span)?;
        quote!(::core::option::Option::Some(::core::include_str!(#path)))
    } else {
        quote!(::core::option::Option::None)
    };
    Ok(quote!(::bindery::migrate::EmbeddedMigration { bind: #bind, folder: #name, up: ::core::include_str!(#up), down: #down }))
}

/// In the order of their names; those that begin with a dot are nobody's.
fn folders(folder: &Path, span: Span) -> Result<Vec<PathBuf>> {
    let unreadable = |error: std::io::Error| Error::new(span, format!("`{}` can't be read: {error}", folder.display()));
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !is_hidden {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn text_of(path: &Path, name_only: bool, span: Span) -> Result<String> {
    let text = if name_only { path.file_name().and_then(|name| name.to_str()) } else { path.to_str() };
    text.map(str::to_owned).ok_or_else(|| Error::new(span, format!("the path `{}` is not UTF-8", path.display())))
}
