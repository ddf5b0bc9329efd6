//! Migrations whose every statement leaves something that can be counted: run twice or not at all, it shows.

use crate::ground::{BINDS, Backend, Ground};

pub(crate) struct Ladder {
    names: Vec<String>,
}

const RUNGS: usize = 6;

impl Ladder {
    /// The same for each bind.
    pub(crate) fn write(ground: &Ground) -> Self {
        let names: Vec<_> = (1..=RUNGS).map(|rung| format!("2026110{rung}000000_rung_{rung}")).collect();
        for bind in BINDS {
            for (name, rung) in names.iter().zip(1..) {
                ground.write(bind, name, &up(rung, ground.backend), None);
            }
        }
        Ladder { names }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Each bind is at a recorded step: where definitions take part in transactions, as many rungs are there as were noted.
    pub(crate) fn check_recorded(&self, ground: &Ground) {
        let rungs = match ground.backend {
            Backend::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'rung\\_%' ESCAPE '\\'",
            Backend::Postgres => {
                "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname LIKE 'rung\\_%'"
            }
            // One may be on its way.
            Backend::MariaDb | Backend::MySql57 => return,
        };
        for bind in BINDS.into_iter().filter(|bind| ground.has_history(bind)) {
            // In one statement: the server may be about to end what was cut off.
            let both = ground.by_hand(bind, &format!("SELECT ({rungs}), (SELECT count(*) FROM bindery_migrations)")).concat();
            assert_eq!(both[0], both[1], "{bind}");
        }
    }

    /// Everything is there, once.
    pub(crate) fn check_whole(&self, ground: &Ground) {
        for bind in BINDS {
            let rungs = (1..=RUNGS).map(|rung| format!("rung_{rung}"));
            assert_eq!(ground.tables(bind), ["log".to_owned()].into_iter().chain(rungs).collect::<Vec<_>>(), "{bind}");
            let expected: Vec<_> = (1..=RUNGS).map(|rung| vec![rung.to_string(), "3".to_owned()]).collect();
            assert_eq!(ground.by_hand(bind, "SELECT rung, sum(n) FROM log GROUP BY rung ORDER BY rung"), expected, "{bind}");
            for rung in 1..=RUNGS {
                assert_eq!(
                    ground.by_hand(bind, &format!("SELECT id, more FROM rung_{rung} ORDER BY id")),
                    [["1", "10"], ["2", "20"]],
                    "{bind}"
                );
            }
            let states: Vec<_> = ground.history(bind).iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
            assert_eq!(states, vec!["applied"; RUNGS], "{bind}");
        }
    }
}

fn up(rung: usize, backend: Backend) -> String {
    let log = if rung == 1 { "CREATE TABLE log (rung integer NOT NULL, n integer NOT NULL);\n" } else { "" };
    let storage = if backend.is_mysql() { " ENGINE = InnoDB" } else { "" };
    format!(
        "{log}CREATE TABLE rung_{rung} (id integer PRIMARY KEY){storage};\n\
         INSERT INTO log VALUES ({rung}, 1);\n\
         INSERT INTO rung_{rung} VALUES (1), (2);\n\
         ALTER TABLE rung_{rung} ADD COLUMN more integer;\n\
         UPDATE rung_{rung} SET more = id * 10 + coalesce(more, 0);\n\
         CREATE INDEX ix_rung_{rung} ON rung_{rung} (more);\n\
         INSERT INTO log VALUES ({rung}, 2);"
    )
}
