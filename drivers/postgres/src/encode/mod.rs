//! Parameters: bindery's values in PostgreSQL's binary form, or in its text form where the type is one that the driver doesn't know.

mod argument;
mod text_form;
mod wire;

pub(crate) use argument::{arguments, parameter_type, refused};
