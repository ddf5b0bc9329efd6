mod scanner;
#[allow(clippy::module_inception)] // a file is named for its main type
mod script;

pub(in crate::migrate) use script::{Script, ScriptStatement};
