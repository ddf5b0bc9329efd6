//! Tables are created and dropped alike on every backend; what is there is looked at by the backend's own client.
#![cfg(unix)] // the servers are testkit's
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

/// Runs each of these tests on each backend.
macro_rules! on_each_backend {
    ($($test:ident),+ $(,)?) => {
        on_each_backend! { @each [$($test)+] sqlite Sqlite, postgres Postgres, mariadb MariaDb, mysql_5_7 MySql57 }
    };
    (@each $tests:tt $($module:ident $backend:ident),+) => {
        $(on_each_backend! { @one $tests $module $backend })+
    };
    (@one [$($test:ident)+] $module:ident $backend:ident) => {
        mod $module {
            $(#[tokio::test]
            async fn $test() -> bindery::Result<()> {
                super::$test(super::Backend::$backend).await
            })+
        }
    };
}

mod computed;
mod constraints;
mod dropped;
mod enumerations;
mod indexes;
mod place;
mod tables;
