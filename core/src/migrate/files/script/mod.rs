mod scanner;
#[allow(clippy::module_inception)] // a file is named for its main type
mod script;
mod script_statement;

pub(in crate::migrate) use script::Script;
pub(in crate::migrate) use script_statement::ScriptStatement;
