//! `sql!` takes one text; what stands between its braces is an expression that a column can have.

use bindery::sql;

struct Unknown;

fn main() {
    let id = 1;
    let _ = sql!("select {id");
    let _ = sql!("select id}");
    let _ = sql!("select {}");
    let _ = sql!("select {1 +}");
    let _ = sql!("select ?", id);
    let _ = sql!("select {missing}");
    let _ = sql!("select {Unknown}");
    let _ = sql!("select 1 where 1 in ({..id})");
}
