//! What the families of SQL say differently, as far as the suite needs it.

use bindery_core::engine::Family;

/// Nine more rows.
const TEN: &str = "UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 \
                   UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9";

/// The numbers from 1 to the last, one in a row, as they are counted.
pub(super) fn numbers(family: Family, last: u64) -> String {
    match family {
        Family::Postgres => format!("SELECT generate_series(1::bigint, {last})"),
        Family::MySql => {
            // Not every version has recursion, and those that have it end it after a thousand rounds.
            let digits: Vec<_> = (0..last.max(2).ilog10() + 1).map(|place| format!("(SELECT 0 {TEN}) AS d{place}")).collect();
            format!("SELECT CAST(@i := @i + 1 AS SIGNED) FROM (SELECT @i := 0) AS start, {} LIMIT {last}", digits.join(", "))
        }
        _ => format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n"),
    }
}

/// A query that gives one row, after a minute or more.
pub(super) fn long_query(family: Family) -> String {
    match family {
        Family::Postgres => "SELECT count(*) FROM pg_sleep(60)".to_owned(),
        Family::MySql => "SELECT sleep(60)".to_owned(),
        _ => format!("SELECT count(*) FROM ({}) AS counted", numbers(family, 1_000_000_000_000)),
    }
}

/// A query for the number of this connection on its server; none where there is no server.
pub(super) fn connection_id(family: Family) -> Option<&'static str> {
    match family {
        Family::Postgres => Some("SELECT pg_backend_pid()"),
        Family::MySql => Some("SELECT connection_id()"),
        _ => None,
    }
}

/// A query that ends the connection of that number.
pub(super) fn kill(family: Family, connection: i64) -> String {
    match family {
        Family::Postgres => format!("SELECT pg_terminate_backend({connection})"),
        _ => format!("KILL {connection}"),
    }
}

/// A query for whether the connection of that number is still there: 1 or 0.
pub(super) fn is_connected(family: Family, connection: i64) -> String {
    match family {
        Family::Postgres => format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {connection}"),
        // MySQL 5.7 may list one that it has killed and closed for hours.
        _ => format!("SELECT count(*) FROM information_schema.processlist WHERE id = {connection} AND command <> 'Killed'"),
    }
}

/// A query of three cells, of which the one in the middle is none of bindery's values.
pub(super) fn uncarried(family: Family) -> &'static str {
    match family {
        Family::Postgres => "SELECT 'before', 'infinity'::timestamptz, 'after'",
        Family::MySql => "SELECT 'before', CAST('30:00:00' AS time), 'after'",
        _ => "SELECT 'before', CAST(x'ff' AS TEXT), 'after'",
    }
}

/// A query for how many databases the server has of that name; none where there is no server.
pub(super) fn count_databases(family: Family, name: &str) -> Option<String> {
    match family {
        Family::Postgres => Some(format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")),
        Family::MySql => Some(format!("SELECT count(*) FROM information_schema.schemata WHERE schema_name = '{name}'")),
        _ => None,
    }
}
