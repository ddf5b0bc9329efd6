//! A dialect that differs from its family: what it changes is changed in every statement, and nothing else is.

use bindery::ErrorKind;
use bindery::engine::{Capabilities, Dialect, LimitForm, Placeholders};
use bindery::prelude::*;
use bindery::query::{Action, count};
use bindery::schema::{Column, StaticTable, Table};
use bindery::value::SqlType;
use bindery::{BindKey, Result};
use bindery_testkit::recorder::Recorder;
use rust_decimal::Decimal;

use crate::library::{Author, Book, NewAuthor, NewEvent, Seat};

/// Everything that can differ, differs.
const OWN: Dialect = Dialect::postgres()
    .named("own")
    .with_quotes('[', ']')
    .with_placeholders(Placeholders::Numbered("@p"))
    .with_limit(LimitForm::OffsetFetch)
    .with_types(&[(SqlType::Text, "nvarchar(max)"), (SqlType::I64, "int8")])
    .without_types(&[SqlType::Decimal]);

/// As its family, though not because it says nothing.
const FAMILIES: [(Dialect, Dialect); 3] = [
    (Dialect::sqlite(), Dialect::sqlite().with_quotes('"', '"').with_placeholders(Placeholders::Plain("?"))),
    (Dialect::postgres(), Dialect::postgres().with_quotes('"', '"').with_limit(LimitForm::LimitOffset)),
    (Dialect::mysql(), Dialect::mysql().with_quotes('`', '`').with_types(&[])),
];

static ODD: StaticTable = StaticTable::new(|| {
    Table::new("odd]\"`name", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key()).column(Column::of::<String>("a [b]"))
});

static PRICES: StaticTable = StaticTable::new(|| {
    Table::new("prices", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key()).column(Column::of::<Decimal>("paid"))
});

static OWN_PRICES: StaticTable =
    StaticTable::new(|| Table::new("own_prices", BindKey::DEFAULT).column(Column::of::<Decimal>("paid").type_override("money")));

fn statements(dialect: &Dialect) -> Vec<String> {
    let capabilities = Capabilities::none("a test");
    let query = |query: Result<String>| query.unwrap();
    let action = |action: &dyn Action| action.to_sql(dialect, &capabilities).unwrap().join(";\n");
    let ada = Author::id.eq(1).and(Author::name.like("A%"));
    let author = |name: &str| NewAuthor { name: name.into(), born: None };
    let names = || Author::select().columns(Author::name);
    vec![
        query(Author::select().filter(ada).order_by(Author::born.desc().nulls_last()).to_sql(dialect)),
        query(Author::select().limit(10).to_sql(dialect)),
        query(Author::select().offset(20).to_sql(dialect)),
        query(Author::select().filter(Author::id.gt(5)).limit(10).offset(20).to_sql(dialect)),
        query(
            Book::select().join::<Author>().columns((Author::name, count())).group_by(Author::name).having(count().gt(1)).to_sql(dialect),
        ),
        query(Book::select().filter(Book::author_id.in_(Author::select().columns(Author::id).limit(3))).offset(1).to_sql(dialect)),
        query(names().union(names()).order_by(Author::name.asc()).limit(2).to_sql(dialect)),
        query(ODD.select().filter(ODD.col::<String>("a [b]").in_(["x", "y"])).to_sql(dialect)),
        action(&Author::insert([author("a"), author("b")])),
        action(&crate::library::Event::insert([NewEvent { dated: crate::library::NewDated { year: 1 } }])),
        action(&Author::update().set(Author::name.to("Ada")).filter(Author::id.eq(1))),
        action(&Seat::delete().filter(Seat::row.eq(1))),
    ]
}

#[test]
fn what_a_dialect_changes_is_changed_everywhere() {
    let beside = Dialect::postgres();
    // The family's first: were one text kept for both, the other would be it.
    let texts: Vec<_> = statements(&beside).into_iter().zip(statements(&OWN)).map(|(family, own)| format!("{family}\n{own}\n")).collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" = $1 AND "author"."name" LIKE $2 ORDER BY "author"."born" DESC NULLS LAST
    SELECT [author].[id], [author].[name], [author].[born] FROM [author] WHERE [author].[id] = @p1 AND [author].[name] LIKE @p2 ORDER BY [author].[born] DESC NULLS LAST

    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 10
    SELECT [author].[id], [author].[name], [author].[born] FROM [author] OFFSET 0 ROWS FETCH NEXT 10 ROWS ONLY

    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 9223372036854775807 OFFSET $1
    SELECT [author].[id], [author].[name], [author].[born] FROM [author] OFFSET @p1 ROWS

    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" > $1 LIMIT 10 OFFSET $2
    SELECT [author].[id], [author].[name], [author].[born] FROM [author] WHERE [author].[id] > @p1 OFFSET @p2 ROWS FETCH NEXT 10 ROWS ONLY

    SELECT "author"."name", COUNT(*) FROM "book" INNER JOIN "author" ON "book"."author_id" = "author"."id" GROUP BY "author"."name" HAVING (COUNT(*)) > $1
    SELECT [author].[name], COUNT(*) FROM [book] INNER JOIN [author] ON [book].[author_id] = [author].[id] GROUP BY [author].[name] HAVING (COUNT(*)) > @p1

    SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."author_id" IN (SELECT "author"."id" FROM "author" LIMIT 3) LIMIT 9223372036854775807 OFFSET $1
    SELECT [book].[id], [book].[author_id], [book].[title], [book].[pages], [book].[language] FROM [book] WHERE [book].[author_id] IN (SELECT [author].[id] FROM [author] OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY) OFFSET @p1 ROWS

    SELECT "author"."name" FROM "author" UNION (SELECT "author"."name" FROM "author") ORDER BY 1 ASC LIMIT 2
    SELECT [author].[name] FROM [author] UNION (SELECT [author].[name] FROM [author]) ORDER BY 1 ASC OFFSET 0 ROWS FETCH NEXT 2 ROWS ONLY

    SELECT "odd]""`name"."id", "odd]""`name"."a [b]" FROM "odd]""`name" WHERE "odd]""`name"."a [b]" = ANY($1)
    SELECT [odd]]"`name].[id], [odd]]"`name].[a [b]]] FROM [odd]]"`name] WHERE [odd]]"`name].[a [b]]] = ANY(@p1)

    INSERT INTO "author" ("name", "born") SELECT UNNEST(CAST($1 AS text[])), UNNEST(CAST($2 AS integer[]))
    INSERT INTO [author] ([name], [born]) SELECT UNNEST(CAST(@p1 AS nvarchar(max)[])), UNNEST(CAST(@p2 AS integer[]))

    INSERT INTO "event" ("year") VALUES ($1)
    INSERT INTO [event] ([year]) VALUES (@p1)

    UPDATE "author" SET "name" = $1 WHERE "author"."id" = $2
    UPDATE [author] SET [name] = @p1 WHERE [author].[id] = @p2

    DELETE FROM "seat" WHERE "seat"."row" = $1
    DELETE FROM [seat] WHERE [seat].[row] = @p1
    "#);
}

/// Its first statement too, when the family's comes after it.
#[test]
fn what_is_kept_for_one_dialect_is_not_found_for_another() {
    let select = || Seat::select().filter(Seat::row.gt(7)).limit(3);
    let own = select().to_sql(&OWN).unwrap();
    for dialect in [Dialect::postgres(), Dialect::postgres().with_quotes('<', '>'), OWN, Dialect::postgres().named("only a name")] {
        let again = select().to_sql(&dialect).unwrap();
        let quoted = format!("FROM {} WHERE", dialect.quote("seat"));
        assert!(again.contains(&quoted), "{again}");
        assert_eq!(again == own, dialect.quote("") == "[]", "{again}");
    }
}

#[test]
fn a_dialect_like_its_family_writes_as_its_family() {
    for (family, alike) in FAMILIES {
        assert_eq!(statements(&alike), statements(&family));
    }
}

/// What `create_all` sends for these tables.
async fn create(dialect: Dialect, tables: impl IntoIterator<Item = &'static Table>) -> (Result<()>, Vec<String>) {
    let recorder = Recorder::new(dialect);
    recorder.on("pg_tables").rows(["tablename"], Vec::<(String,)>::new());
    recorder.on("CREATE").succeeds();
    let builder = Databases::builder().driver(recorder.driver()).without_registered().tables(tables).bind("default", "recorder://");
    let created = builder.connect().await.unwrap().create_all(All).await;
    let sent = recorder.sent("default").unwrap();
    (created, sent.iter().map(ToString::to_string).filter(|sql| sql.starts_with("CREATE")).collect())
}

#[tokio::test]
async fn a_table_is_created_in_a_dialect() {
    use bindery::schema::Model as _;

    let tables = || [Author::table(), Book::table(), &*ODD];
    let (created, own) = create(OWN, tables()).await;
    created.unwrap();
    let (_, family) = create(Dialect::postgres(), tables()).await;
    insta::assert_snapshot!(family.iter().zip(own).map(|(family, own)| format!("{family}\n{own}\n")).collect::<String>(), @r#"
    CREATE TABLE "author" (
      "id" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
      "name" text COLLATE "C" NOT NULL,
      "born" integer,
      CONSTRAINT "pk_author" PRIMARY KEY ("id")
    )
    CREATE TABLE [author] (
      [id] int8 NOT NULL GENERATED BY DEFAULT AS IDENTITY,
      [name] nvarchar(max) NOT NULL,
      [born] integer,
      CONSTRAINT [pk_author] PRIMARY KEY ([id])
    )
    CREATE TABLE "odd]""`name" (
      "id" bigint NOT NULL,
      "a [b]" text COLLATE "C" NOT NULL,
      CONSTRAINT "pk_odd]""`name" PRIMARY KEY ("id")
    )
    CREATE TABLE [odd]]"`name] (
      [id] int8 NOT NULL,
      [a [b]]] nvarchar(max) NOT NULL,
      CONSTRAINT [pk_odd]]"`name] PRIMARY KEY ([id])
    )
    CREATE TABLE "book" (
      "id" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
      "author_id" bigint NOT NULL,
      "title" text COLLATE "C" NOT NULL,
      "pages" integer NOT NULL,
      "language" varchar(9) COLLATE "C" NOT NULL DEFAULT ('en'),
      CONSTRAINT "pk_book" PRIMARY KEY ("id"),
      CONSTRAINT "fk_book_author_id_author" FOREIGN KEY ("author_id") REFERENCES "author" ("id")
    )
    CREATE TABLE [book] (
      [id] int8 NOT NULL GENERATED BY DEFAULT AS IDENTITY,
      [author_id] int8 NOT NULL,
      [title] nvarchar(max) NOT NULL,
      [pages] integer NOT NULL,
      [language] nvarchar(max) NOT NULL DEFAULT ('en'),
      CONSTRAINT [pk_book] PRIMARY KEY ([id]),
      CONSTRAINT [fk_book_author_id_author] FOREIGN KEY ([author_id]) REFERENCES [author] ([id])
    )
    "#);
}

#[tokio::test]
async fn a_type_that_a_dialect_lacks_is_refused_with_nothing_sent() {
    let (created, sent) = create(OWN, [&*PRICES]).await;
    let error = created.unwrap_err();
    assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::Unsupported, Some("prices"), Some("paid")));
    insta::assert_snapshot!(error, @"own has no type for values of type decimal: keep them as text or integers, or in a column with a `type` of its own (step `create tables`, bind `default`, table `prices`, column `paid`)");
    assert!(sent.is_empty(), "{sent:?}");

    let paid = || PRICES.col::<Decimal>("paid");
    let more = || PRICES.select().filter(paid().gt(Decimal::ONE));
    assert!(more().to_sql(&Dialect::postgres()).is_ok());
    let error = more().to_sql(&OWN).unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("paid")));
    assert_eq!(PRICES.select().columns(paid().sum()).to_sql(&OWN).unwrap_err().kind(), ErrorKind::Unsupported);
    // Nor many of them as one, an array.
    let any_of = PRICES.select().filter(paid().in_([Decimal::ONE, Decimal::TEN]));
    assert!(any_of.to_sql(&Dialect::postgres()).is_ok());
    assert_eq!(any_of.to_sql(&OWN).unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(!OWN.has(SqlType::Array(&SqlType::Decimal)));
    let insert = PRICES.insert([paid().to(Decimal::ONE)]);
    assert_eq!(insert.to_sql(&OWN, &Capabilities::none("a test")).unwrap_err().kind(), ErrorKind::Unsupported);

    // A type of the server's own is the server's to know.
    let (created, sent) = create(OWN, [&*OWN_PRICES]).await;
    created.unwrap();
    assert_eq!(sent, ["CREATE TABLE [own_prices] (\n  [paid] money NOT NULL\n)"]);
}
