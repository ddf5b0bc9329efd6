//! What the linker keeps of tables that registered themselves, where their crate is named. Run in debug and optimised, where more is
//! optimised away. `tests/linker_unnamed.rs` has the crate that nobody names, `tests/linker_door.rs` the explicit door.

// This and no more: nothing in this file refers to anything inside the crate.
use linker_models as _;

use bindery::SqliteDriver;
use bindery::prelude::*;
use bindery::schema::registered;

/// A module that nothing calls.
#[allow(dead_code)]
mod uncalled {
    use bindery::prelude::*;

    #[derive(Model)]
    struct Uncalled {
        #[column(primary_key)]
        id: i64,
    }

    mod deeper {
        use bindery::prelude::*;

        #[derive(Model)]
        struct UncalledDeeper {
            #[column(primary_key)]
            id: i64,
        }
    }
}

fn names() -> Vec<&'static str> {
    registered().iter().map(|table| table.name()).collect()
}

#[test]
fn a_crate_that_is_linked_and_not_otherwise_used_keeps_its_tables() {
    assert!(names().contains(&"visible"), "{:?}", names());
    assert!(names().contains(&"hidden"), "also those in a module that nothing calls: {:?}", names());
}

#[test]
fn a_module_that_nothing_calls_keeps_its_tables() {
    assert!(names().contains(&"uncalled") && names().contains(&"uncalled_deeper"), "{:?}", names());
}

#[tokio::test]
async fn what_is_registered_is_there_at_connect() {
    let databases = Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").connect().await.unwrap();
    let tables: Vec<_> = databases.metadata("default").unwrap().tables().map(|table| table.name()).collect();
    assert_eq!(tables, ["hidden", "uncalled", "uncalled_deeper", "visible"]);
}
