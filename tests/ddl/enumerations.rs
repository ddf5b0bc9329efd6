//! Enumerations that are types of the server's own.

use bindery::prelude::*;
use bindery::schema::{Column, StaticTable, Table};
use bindery::{BindKey, ErrorKind, Result};

use crate::place::{Backend, Place};

on_each_backend! {
    the_server_knows_its_values,
    rows_go_both_ways,
    statements_name_its_values,
    an_enumeration_in_keys,
    several_tables_share_one,
}

#[derive(Scalar, Debug, Clone, Copy, PartialEq)]
#[scalar(enumeration = "Mood", rename_all = "snake_case")]
enum Mood {
    Sad,
    #[scalar(rename = "it's \\ fine")]
    Fine,
    VeryHappy,
}

/// As it is in another's hands.
#[derive(Scalar, Debug, Clone, Copy, PartialEq)]
struct Feeling(Mood);

#[derive(Model, Debug, Clone, PartialEq)]
struct Person {
    #[column(primary_key, generated)]
    id: i64,
    mood: Mood,
    feeling: Option<Feeling>,
    #[column(sql_default = "'sad'")]
    usual: Mood,
    name: String,
}

fn person(mood: Mood, feeling: Option<Mood>, name: &str) -> NewPerson {
    NewPerson { mood, feeling: feeling.map(Feeling), usual: None, name: name.to_owned() }
}

async fn the_server_knows_its_values(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Person,)>().await;
    databases.create_all(All).await?;
    databases.create_all(All).await?;
    match backend {
        Backend::Postgres => {
            let types = "SELECT enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid WHERE typname = 'Mood' ORDER BY enumsortorder";
            assert_eq!(place.rows(types), "sad\nit's \\ fine\nvery_happy");
            let columns = "SELECT attname, atttypid::regtype, attnotnull FROM pg_attribute WHERE attrelid = 'person'::regclass AND attnum BETWEEN 2 AND 4";
            assert_eq!(place.rows(columns), "mood|\"Mood\"|t\nfeeling|\"Mood\"|f\nusual|\"Mood\"|t");
        }
        Backend::MariaDb | Backend::MySql57 => {
            let columns = "SELECT column_name, data_type, collation_name, is_nullable FROM information_schema.columns \
                           WHERE table_schema = database() AND ordinal_position BETWEEN 2 AND 4 ORDER BY ordinal_position";
            assert_eq!(place.rows(columns), "mood|enum|utf8mb4_bin|NO\nfeeling|enum|utf8mb4_bin|YES\nusual|enum|utf8mb4_bin|NO");
            // Counted from 1, so the texts are these.
            let Place::Mysql(database) = &place else { panic!("no server") };
            database.sql("INSERT INTO person (mood, name) VALUES (3, 'a'), ('it''s \\\\ fine', 'b')").unwrap();
            assert_eq!(place.rows("SELECT mood FROM person WHERE name = 'a'"), "very_happy");
            assert_eq!(databases.session().all(Person::select().columns(Person::mood)).await?, [(Mood::VeryHappy,), (Mood::Fine,)]);
        }
        Backend::Sqlite => {
            let sql = place.rows("SELECT sql FROM sqlite_schema WHERE name = 'person'");
            assert!(sql.contains(r#"CONSTRAINT "ck_person_mood_labels" CHECK ("mood" IN ('sad', 'it''s \ fine', 'very_happy'))"#), "{sql}");
            assert!(sql.contains(r#""mood" TEXT NOT NULL"#), "{sql}");
        }
    }
    let insert = |value: &str| raw("default", format!("INSERT INTO person (mood, name) VALUES ('{value}', 'x')"));
    databases.session().execute(insert("very_happy")).await?;
    for wrong in ["furious", "Sad"] {
        let error = databases.session().execute(insert(wrong)).await.unwrap_err();
        let kind = if backend == Backend::Sqlite { ErrorKind::CheckViolation } else { ErrorKind::InvalidValue };
        assert_eq!(error.kind(), kind, "{error}");
    }
    databases.drop_all(All).await?;
    assert_eq!(place.tables(), "");
    if backend == Backend::Postgres {
        assert_eq!(place.rows("SELECT count(*) FROM pg_type WHERE typtype = 'e'"), "0");
    }
    databases.create_all(All).await?;
    databases.close().await;
    Ok(())
}

async fn rows_go_both_ways(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Person,)>().await;
    databases.create_all(All).await?;
    let session = databases.session();
    let ada = session.insert(person(Mood::Fine, Some(Mood::Sad), "ada")).await?;
    assert_eq!(ada, Person { id: 1, mood: Mood::Fine, feeling: Some(Feeling(Mood::Sad)), usual: Mood::Sad, name: "ada".to_owned() });
    let many = session.insert_many([person(Mood::Sad, None, "bob"), person(Mood::VeryHappy, Some(Mood::VeryHappy), "cy")]).await?;
    assert_eq!(
        many.iter().map(|person| (person.mood, person.feeling)).collect::<Vec<_>>(),
        [(Mood::Sad, None), (Mood::VeryHappy, Some(Feeling(Mood::VeryHappy)))]
    );
    // More than one, by arrays where there are such.
    session.execute(Person::insert((0..300).map(|_| person(Mood::Fine, None, "many")))).await?;
    assert_eq!(place.rows("SELECT count(*) FROM person WHERE mood = 'very_happy' AND feeling = 'very_happy'"), "1");
    let select = Person::select().columns((Person::mood, Person::feeling, Person::name)).filter(Person::id.le(3));
    session.execute(Person::insert_from((Person::mood, Person::feeling, Person::name), select)).await?;
    assert_eq!(place.rows("SELECT count(*) FROM person WHERE mood = 'very_happy' AND feeling = 'very_happy'"), "2");

    let updated = session.update(Person { mood: Mood::Sad, feeling: None, ..ada.clone() }).await?;
    assert_eq!(session.get::<Person>(1).await?, Some(updated));
    session
        .execute(
            Person::update().set(Person::mood.to(Mood::VeryHappy)).set(Person::feeling.to(Feeling(Mood::Fine))).filter(Person::id.eq(2)),
        )
        .await?;
    assert_eq!(place.rows("SELECT mood, feeling FROM person WHERE id = 2"), "very_happy|it's \\ fine");
    session.delete(ada).await?;
    databases.close().await;
    Ok(())
}

async fn statements_name_its_values(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Person,)>().await;
    databases.create_all(All).await?;
    let session = databases.session();
    session
        .insert_many([
            person(Mood::Sad, Some(Mood::Sad), "a"),
            person(Mood::Fine, None, "b"),
            person(Mood::VeryHappy, Some(Mood::Fine), "c"),
            person(Mood::Sad, Some(Mood::Fine), "d"),
        ])
        .await?;
    let names = async |condition| {
        let select = Person::select().columns(Person::name).filter(condition).order_by(Person::id.asc());
        let rows = session.all(select).await.unwrap();
        rows.into_iter().map(|(name,)| name).collect::<Vec<_>>().concat()
    };
    assert_eq!(names(Person::mood.eq(Mood::Sad)).await, "ad");
    assert_eq!(names(Person::mood.ne(Mood::Sad)).await, "bc");
    assert_eq!(names(Person::mood.in_([Mood::Sad, Mood::Fine])).await, "abd");
    assert_eq!(names(Person::mood.not_in([Mood::Sad, Mood::Fine])).await, "c");
    assert_eq!(names(Person::feeling.eq(Feeling(Mood::Fine))).await, "cd");
    assert_eq!(names(Person::feeling.is_null()).await, "b");
    assert_eq!(names(Person::feeling.coalesce(Feeling(Mood::Sad)).eq(Feeling(Mood::Sad))).await, "ab");
    assert_eq!(names(Person::feeling.is_distinct_from(Feeling(Mood::Fine))).await, "ab");
    assert_eq!(names(Person::mood.eq(Person::usual)).await, "ad");
    assert_eq!(names(Person::mood.in_(Person::select().columns(Person::mood).filter(Person::id.eq(3)))).await, "c");

    let other = Person::alias("other");
    let pairs = Person::select()
        .join_alias(&other, Person::mood.of(&other).eq(Person::mood).and(Person::id.of(&other).gt(Person::id)))
        .columns((Person::name, Person::name.of(&other)));
    assert_eq!(session.all(pairs).await?, [("a".to_owned(), "d".to_owned())]);

    let groups = Person::select().columns((Person::mood, count())).group_by(Person::mood).having(count().gt(1));
    assert_eq!(session.all(groups).await?, [(Mood::Sad, 2)]);
    let distinct = Person::select().columns((Person::mood.count_distinct(), Person::feeling.count()));
    assert_eq!(session.all(distinct).await?, [(3, 3)]);
    let case = when(Person::name.eq("a"), Person::mood).otherwise(Mood::VeryHappy);
    assert_eq!(session.all(Person::select().columns(case).order_by(Person::id.asc()).limit(2)).await?, [(Mood::Sad,), (Mood::VeryHappy,)]);
    let page = session.cursor_page(Person::select().order_by(Person::name.desc()), None, 3).await?;
    assert_eq!(page.items.len(), 3);

    #[derive(FromRow, Debug, PartialEq)]
    struct Moods {
        mood: Mood,
        people: i64,
    }
    let moods = Person::select().columns((Person::mood, count())).group_by(Person::mood).into::<Moods>().subquery("moods");
    let sad = session.one(moods.select().filter(Moods::mood.eq(Mood::Sad))).await?;
    assert_eq!(sad, Moods { mood: Mood::Sad, people: 2 });
    let raw = raw(
        "default",
        match backend {
            Backend::Postgres => "SELECT id, mood, feeling, usual, name FROM person WHERE mood = $1",
            _ => "SELECT id, mood, feeling, usual, name FROM person WHERE mood = ?",
        },
    );
    assert_eq!(session.all(raw.param(Mood::VeryHappy).rows::<Person>()).await?[0].name, "c");
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Setting {
    #[column(primary_key)]
    mood: Mood,
    #[column(unique)]
    place: Option<Mood>,
    value: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Follows {
    #[column(primary_key)]
    id: i64,
    #[column(references = Setting::mood, on_delete = cascade, index)]
    mood: Mood,
}

async fn an_enumeration_in_keys(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Follows, Setting)>().await;
    databases.create_all(All).await?;
    let session = databases.session();
    let setting = |mood, value| Setting { mood, place: None, value };
    session.insert_many([setting(Mood::Sad, 1), setting(Mood::Fine, 2)]).await?;
    assert_eq!(session.get::<Setting>(Mood::Fine).await?, Some(setting(Mood::Fine, 2)));
    session.update(setting(Mood::Fine, 3)).await?;
    if matches!(backend, Backend::Postgres | Backend::Sqlite) {
        // MySQL can't tell this key from the other.
        let upsert =
            Setting::insert([setting(Mood::Sad, 10), setting(Mood::VeryHappy, 11)]).on_conflict(Setting::mood).do_update(Setting::value);
        assert_eq!(session.insert_returning(upsert).await?, [setting(Mood::Sad, 10), setting(Mood::VeryHappy, 11)]);
    }
    let again = session.insert(setting(Mood::Sad, 1)).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::UniqueViolation);
    session.insert(Follows { id: 1, mood: Mood::Fine }).await?;
    let error = session.execute(Follows::update_all().set(Follows::mood.to(Mood::VeryHappy))).await;
    assert_eq!(error.is_err(), !matches!(backend, Backend::Postgres | Backend::Sqlite), "{error:?}");
    session.execute(Setting::delete_all()).await?;
    assert_eq!(session.count(Follows::select()).await?, 0);
    databases.close().await;
    Ok(())
}

static DIARY: StaticTable = StaticTable::new(|| {
    let mood = Column::of::<Option<Feeling>>("mood").comment("of the day");
    Table::new("diary", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key()).column(mood)
});

async fn several_tables_share_one(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Person,)>().await;
    databases.create_all(All).await?;
    // Another table comes when the type is there.
    let more = place.databases_with::<(Person, Setting)>([&*DIARY]).await;
    more.create_all(All).await?;
    let session = more.session();
    let (id, mood) = (DIARY.col::<i64>("id"), DIARY.col::<Option<Feeling>>("mood"));
    session.execute(DIARY.insert([id.to(1), mood.to(Feeling(Mood::Fine))])).await?;
    assert_eq!(place.rows("SELECT mood FROM diary"), "it's \\ fine");
    assert_eq!(
        session.all(DIARY.select().columns(mood.clone()).filter(mood.eq(Feeling(Mood::Fine)))).await?,
        [(Some(Feeling(Mood::Fine)),)]
    );

    if backend == Backend::Postgres {
        // A table that bindery doesn't know keeps the type, and with it all of the bind.
        let Place::Postgres(database) = &place else { panic!("no server") };
        database.psql("CREATE TABLE another (mood \"Mood\")").unwrap();
        assert!(more.drop_all(All).await.is_err());
        database.psql("DROP TABLE another").unwrap();
    }
    more.drop_all(All).await?;
    assert_eq!(place.tables(), "");
    more.close().await;
    databases.close().await;
    Ok(())
}
