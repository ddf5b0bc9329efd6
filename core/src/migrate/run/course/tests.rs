use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::engine::Family;

const BIND: BindKey = BindKey::from_static("auth");

fn version(number: i64) -> Version {
    Version::from_number(20_261_129_000_000 + number)
}

fn migration(number: i64, up: &str, down: Option<&str>) -> Migration {
    Migration::sql(version(number), format!("m{number}"), up, down, Family::Sqlite).unwrap()
}

/// Three, of which the second has no way back.
fn three() -> MigrationSet {
    MigrationSet::new(vec![migration(1, "a", Some("b")), migration(2, "c", None), migration(3, "e", Some("f"))]).unwrap()
}

fn applied(set: &MigrationSet, numbers: &[i64]) -> History {
    let entry = |number: &i64| HistoryEntry::new(set.get(version(*number)).unwrap(), BIND, MigrationState::Applied);
    History { entries: numbers.iter().map(entry).collect(), exists: true }
}

fn course(set: &MigrationSet) -> Course<'_> {
    Course { bind: BIND, set, policy: Policy::default() }
}

/// `up 1`, `down 3`, or the problems.
fn next(course: &Course<'_>, goal: Goal, history: &History) -> std::result::Result<Option<String>, String> {
    let number = |migration: &Migration| migration.version.number() - version(0).number();
    match course.next(goal, history) {
        Ok(step) => Ok(step.map(|step| match step {
            Step::Run { migration, direction, begun } => {
                format!("{direction} {}{}", number(migration), if begun.is_some() { " on" } else { "" })
            }
            Step::Adopt { migration } => format!("adopt {}", number(migration)),
        })),
        Err(error) => Err([error.to_string()].into_iter().chain(error.problems().to_vec()).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn an_upgrade_goes_up_to_its_limit() {
    let set = three();
    let course = course(&set);
    assert_eq!(next(&course, Goal::Up(None), &History::default()), Ok(Some("up 1".to_owned())));
    assert_eq!(next(&course, Goal::Up(None), &applied(&set, &[1, 2])), Ok(Some("up 3".to_owned())));
    assert_eq!(next(&course, Goal::Up(Some(version(2))), &applied(&set, &[1, 2])), Ok(None));
    assert_eq!(next(&course, Goal::Up(None), &applied(&set, &[1, 2, 3])), Ok(None));
}

#[test]
fn a_downgrade_goes_down_to_its_limit() {
    let set = three();
    let course = course(&set);
    assert_eq!(next(&course, Goal::Down(None), &applied(&set, &[1, 2, 3])), Ok(Some("down 3".to_owned())));
    assert_eq!(next(&course, Goal::Down(Some(version(2))), &applied(&set, &[1, 2])), Ok(None));
    assert_eq!(next(&course, Goal::Down(None), &applied(&set, &[1])), Ok(Some("down 1".to_owned())));
    let error = next(&course, Goal::Down(None), &applied(&set, &[1, 2])).unwrap_err();
    assert_eq!(error, "`20261129000002_m2` can't be undone: it has no down.sql (bind `auth`)");
}

#[test]
fn targets_mean_what_the_database_makes_of_them() {
    let set = three();
    let course = course(&set);
    let (none, two) = (History::default(), applied(&set, &[1, 2]));
    let goal = |target, direction, history| course.goal(target, direction, history).ok();
    assert_eq!(goal(Target::Newest, Direction::Up, &two), Some(Goal::Up(None)));
    assert_eq!(goal(Target::Steps(2), Direction::Up, &none), Some(Goal::Up(Some(version(2)))));
    assert_eq!(goal(Target::Steps(9), Direction::Up, &none), Some(Goal::Up(None)));
    let nothing = goal(Target::Steps(0), Direction::Up, &none).unwrap();
    assert_eq!(next(&course, nothing, &none), Ok(None));
    assert_eq!(goal(Target::Steps(1), Direction::Down, &two), Some(Goal::Down(Some(version(1)))));
    assert_eq!(goal(Target::Steps(2), Direction::Down, &two), Some(Goal::Down(None)));
    assert_eq!(goal(Target::Steps(0), Direction::Down, &two), Some(Goal::Down(Some(version(2)))));
    assert_eq!(goal(Target::Nothing, Direction::Up, &none), None);
    assert_eq!(goal(Target::Newest, Direction::Down, &none), None);
}

#[test]
fn every_misfit_is_told_at_once() {
    let set = three();
    let mut history = applied(&set, &[1, 2]);
    history.entries[0].checksum = "another".to_owned();
    history.entries[1].bind = "default".to_owned();
    let mut gone = history.entries[0].clone();
    (gone.version, gone.name) = (version(9), "gone".to_owned());
    history.entries.push(gone);
    let error = next(&course(&set), Goal::Up(None), &history).unwrap_err();
    for part in [
        "`20261129000001_m1` was changed after it was applied",
        "`20261129000002_m2` was applied here for bind `default`: `default` and `auth` are one database",
        "`20261129000009_gone` is applied here, and there is no such migration",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let lenient = Course { policy: Policy { ignore_missing: true, ..Policy::default() }, ..course(&set) };
    assert!(!next(&lenient, Goal::Up(None), &history).unwrap_err().contains("no such migration"));
}

#[test]
fn one_that_comes_late_is_refused() {
    let set = three();
    let history = applied(&set, &[1, 3]);
    let error = next(&course(&set), Goal::Up(None), &history).unwrap_err();
    assert!(error.starts_with("`20261129000002_m2` is older than `20261129000003`, which is applied already"), "{error}");
    let lenient = Course { policy: Policy { out_of_order: true, ..Policy::default() }, ..course(&set) };
    assert_eq!(next(&lenient, Goal::Up(None), &history), Ok(Some("up 2".to_owned())));
}

#[test]
fn what_was_begun_is_ended_first_and_in_its_own_direction() {
    let set = three();
    let course = course(&set);
    let mut history = applied(&set, &[1]);
    history.entries[0].state = MigrationState::Applying;
    assert_eq!(next(&course, Goal::Up(None), &history), Ok(Some("up 1 on".to_owned())));
    let error = next(&course, Goal::Down(None), &history).unwrap_err();
    assert!(error.starts_with("`20261129000001_m1`: it was begun and is not through"), "{error}");
    history.entries[0].state = MigrationState::Reverting;
    assert_eq!(next(&course, Goal::Down(None), &history), Ok(Some("down 1 on".to_owned())));
    assert!(next(&course, Goal::Up(None), &history).unwrap_err().contains("its way back was begun"));
    // Its text may be mended then: what was done of it is looked at when it goes on.
    history.entries[0].checksum = "another".to_owned();
    assert_eq!(next(&course, Goal::Down(None), &history), Ok(Some("down 1 on".to_owned())));
}

#[test]
fn a_squash_is_run_on_new_databases_and_noted_on_others() {
    let old = three();
    let squash = format!("-- bindery: replaces {} {} {}\na; c; e", version(1), version(2), version(3));
    let set = MigrationSet::new(vec![migration(4, &squash, None), migration(5, "g", None)]).unwrap();
    let course = course(&set);
    assert_eq!(next(&course, Goal::Up(None), &History::default()), Ok(Some("up 4".to_owned())));
    assert_eq!(next(&course, Goal::Up(None), &applied(&old, &[1, 2, 3])), Ok(Some("adopt 4".to_owned())));
    let error = next(&course, Goal::Up(None), &applied(&old, &[1, 2])).unwrap_err();
    assert!(error.contains("of which some are applied and others are not (20261129000003)"), "{error}");
}

#[test]
fn a_squash_is_as_new_as_the_newest_that_it_stands_for() {
    let old = three();
    let squash = format!("-- bindery: replaces {} {} {}\na; c; e", version(1), version(2), version(3));
    let set = MigrationSet::new(vec![migration(4, &squash, Some("b")), migration(5, "g", Some("h"))]).unwrap();
    let course = course(&set);
    let mut history = applied(&old, &[1, 2, 3]);
    history.entries.extend(applied(&set, &[5]).entries);
    // One step down is that of the newest alone, whether the squash is noted yet or not.
    let goal = course.goal(Target::Steps(1), Direction::Down, &history).unwrap();
    assert_eq!(next(&course, goal, &history), Ok(Some("adopt 4".to_owned())));
    assert_eq!(next(&course, goal, &applied(&set, &[4, 5])), Ok(Some("down 5".to_owned())));
    assert_eq!(next(&course, goal, &applied(&set, &[4])), Ok(None));
    assert_eq!(next(&course, Goal::Up(Some(version(3))), &History::default()), Ok(Some("up 4".to_owned())));
    for (target, direction) in [(Target::Version(version(2)), Direction::Down), (Target::Version(version(1)), Direction::Up)] {
        let error = course.goal(target, direction, &history).unwrap_err();
        assert!(error.to_string().starts_with("`20261129000004_m4` stands for the migrations up to 20261129000003 as a whole"), "{error}");
    }
    // What stands for a squash may go back farther than it says.
    assert!(course.goal(Target::Version(version(0)), Direction::Down, &history).is_err());
    assert!(course.goal(Target::Nothing, Direction::Down, &history).is_ok());
    // What is there already is not divided on the way up.
    assert!(course.goal(Target::Version(version(2)), Direction::Up, &applied(&set, &[4])).is_ok());
}

#[test]
fn what_was_begun_is_the_first_step() {
    let set = three();
    let course = course(&set);
    let mut history = applied(&set, &[1, 2]);
    history.entries[1].state = MigrationState::Applying;
    assert_eq!(course.goal(Target::Steps(1), Direction::Up, &history).unwrap(), Goal::Up(Some(version(2))));
    assert_eq!(course.goal(Target::Steps(2), Direction::Up, &history).unwrap(), Goal::Up(Some(version(3))));
}

#[test]
fn the_newest_that_is_through_is_current() {
    let set = three();
    let mut history = applied(&set, &[1, 2]);
    assert_eq!(history.current().map(|entry| entry.version), Some(version(2)));
    history.entries[1].state = MigrationState::Applying;
    assert_eq!(history.current().map(|entry| entry.version), Some(version(1)));
    assert!(history.entries[0].begun_at > UNIX_EPOCH && history.entries[0].duration == Duration::ZERO);
}
