//! Models in a crate of their own, as an application may have them: what the linker keeps of it, and when, is what
//! `tests/linker.rs` and `tests/linker_unnamed.rs` of bindery find out.

/// A module that nothing outside of it refers to.
mod inner {
    use bindery::prelude::*;

    /// A private model that nothing uses.
    #[derive(Model)]
    #[allow(dead_code)] // that is the point
    struct Hidden {
        #[column(primary_key)]
        id: i64,
    }
}

use bindery::prelude::*;

/// A model that can be named from outside.
#[derive(Model, Debug)]
pub struct Visible {
    /// its key
    #[column(primary_key)]
    pub id: i64,
}
