//! Migrations whose every statement leaves something that can be counted: run twice or not at all, it shows.

use bindery::migrate::Direction;

use crate::ground::{BINDS, Backend, Ground};

pub(crate) struct Ladder {
    names: Vec<String>,
}

const RUNGS: usize = 6;
/// Of each.
const STATEMENTS: usize = 7;

impl Ladder {
    /// The same for each bind.
    pub(crate) fn write(ground: &Ground) -> Self {
        let names: Vec<_> = (1..=RUNGS).map(|rung| format!("2026110{rung}000000_rung_{rung}")).collect();
        for bind in BINDS {
            for (name, rung) in names.iter().zip(1..) {
                ground.write(bind, name, &up(rung, ground.backend), Some(&down(rung)));
            }
        }
        Ladder { names }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Each bind is at a recorded step: where definitions take part in transactions, as many rungs are there as were noted.
    pub(crate) fn check_recorded(&self, ground: &Ground, direction: Direction) {
        let rungs = match ground.backend {
            Backend::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'rung\\_%' ESCAPE '\\'",
            Backend::Postgres => {
                "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname LIKE 'rung\\_%'"
            }
            Backend::MariaDb | Backend::MySql57 if direction == Direction::Up => return self.check_statements(ground),
            // Of a way back it is the end that shows.
            Backend::MariaDb | Backend::MySql57 => return,
        };
        for bind in BINDS.into_iter().filter(|bind| ground.has_history(bind)) {
            // In one statement: the server may be about to end what was cut off.
            let both = ground.by_hand(bind, &format!("SELECT ({rungs}), (SELECT count(*) FROM bindery_migrations)")).concat();
            assert_eq!(both[0], both[1], "{bind}");
        }
    }

    /// Where they take none: what the notes say is done is there, and at most one statement more.
    fn check_statements(&self, ground: &Ground) {
        for bind in BINDS.into_iter().filter(|bind| ground.has_history(bind)) {
            let history = ground.history(bind);
            for (at, line) in history.iter().enumerate() {
                let (rung, words) = (at + 1, line.split(' ').collect::<Vec<_>>());
                let [_, state, done] = words[..] else { panic!("{line}") };
                // Those of the table of all rungs apart.
                let done: usize = done.parse::<usize>().unwrap().saturating_sub(usize::from(rung == 1));
                let is_whole = |state: &str| state == "applied";
                assert!(is_whole(state) && done == STATEMENTS || !is_whole(state) && at + 1 == history.len(), "{bind}: {line}");
                if done == 0 {
                    continue;
                }
                let columns = "SELECT count(*) FROM information_schema.columns WHERE table_schema = database() AND table_name";
                let columns: usize = ground.by_hand(bind, &format!("{columns} = 'rung_{rung}'"))[0][0].parse().unwrap();
                let rows = |condition: &str| {
                    ground.by_hand(bind, &format!("SELECT coalesce(sum(n), 0) FROM log WHERE rung = {rung} {condition}"))[0][0].clone()
                };
                assert!(columns == 2 || columns == 1 && done <= 3, "{bind}: {line}, with {columns} columns");
                assert!(columns == 1 || done >= 3, "{bind}: {line}, with {columns} columns");
                assert_eq!(rows("AND n = 1"), if done >= 2 { "1" } else { "0" }, "{bind}: {line}");
                assert_eq!(rows("AND n = 2"), if done >= 7 { "2" } else { "0" }, "{bind}: {line}");
            }
        }
    }

    /// Nothing is there.
    pub(crate) fn check_gone(&self, ground: &Ground) {
        for bind in BINDS {
            assert_eq!((ground.tables(bind), ground.history(bind)), (Vec::new(), Vec::new()), "{bind}");
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

fn down(rung: usize) -> String {
    let log = if rung == 1 { "\nDROP TABLE log;" } else { "" };
    format!("DELETE FROM log WHERE rung = {rung};\nUPDATE rung_{rung} SET more = 0;\nDROP TABLE rung_{rung};{log}")
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
