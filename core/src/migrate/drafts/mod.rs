//! What bindery writes itself, from the models, and how models, migrations and databases are compared: in scratch databases.

mod autogenerate;
mod check;
mod draft;
mod question;
mod scratch;

pub use check::Check;
pub use draft::Draft;
pub use question::Question;
