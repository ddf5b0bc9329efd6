//! The derives and macros of bindery. Applications take them from the facade, the crate `bindery`, and all that they emit goes
//! through it.
//!
//! - [`derive@Model`]: a struct that is a row of a table, or an abstract base of such structs
//! - [`derive@FromRow`]: a struct that is a row of a select
//! - [`derive@Scalar`]: a newtype or an enum that is the value of one column
//! - [`bind!`](macro@bind): a name for a bind, so that a typo in it doesn't compile
//! - [`table!`](macro@table): a table without a struct
//! - [`sql!`](macro@sql): SQL with values in it
//! - [`embed_migrations!`](macro@embed_migrations): the migrations of a folder, in the binary

mod action;
mod attributes;
mod bind;
mod case;
mod column;
mod constraint;
mod embed;
mod model;
mod reference;
mod scalar;
mod sql;
mod table;
mod view;

use proc_macro::TokenStream;
use syn::{DeriveInput, Error, LitStr, parse_macro_input};

/// Makes a struct a row of a table, and registers that table to its bind.
///
/// ```
/// use bindery::Model;
/// use bindery::schema::Model as _;
///
/// #[derive(Model)]
/// #[model(table = "users", bind = "auth")]
/// struct User {
///     #[column(primary_key, generated)]
///     id: i64,
///     #[column(unique, max_length = 120)]
///     email: String,
///     name: Option<String>,
///     #[column(default = 1)]
///     level: i16,
/// }
///
/// assert_eq!(User::table().name(), "users");
/// assert_eq!(User::table().bind().as_str(), "auth");
/// assert_eq!(User::email.name(), "email");
///
/// let ada = NewUser::new("ada@example.org".to_owned());
/// assert_eq!((ada.name, ada.level), (None, 1));
/// ```
///
/// It makes, beside the implementations of `Model` and what that needs:
///
/// - `User::email`, a typed column: for each field an associated constant of its name and its visibility.
/// - `NewUser`, what is inserted: the struct without its generated and computed columns. A field with a `sql_default` is an `Option` there,
///   and `None` leaves it to the server. It is `Debug` and `Clone` where all its fields are.
/// - `NewUser::new(…)`, which takes the fields that have no default and aren't an `Option`, in their order, and fills in the rest.
///
/// A model is a struct with named fields, without generics; each field's type is a `Scalar`, an `Option` where the column can be NULL.
///
/// # On the struct: `#[model(…)]`
///
/// | attribute | meaning |
/// | --- | --- |
/// | `table = "users"` | the table's name; otherwise the struct's in snake case, not made plural: `FilmActor` is `film_actor` |
/// | `bind = "auth"`, `bind = Auth` | the bind, by its key or as [`bind!`](macro@bind) declared it; otherwise that of its base, otherwise `default`. With two bases it must be named |
/// | `abstract` | no table: a base of other models |
/// | `columns = UserColumns` | declares this unit struct and puts the typed columns there, for a model with a method or constant of a column's name |
/// | `index(columns(a, b), name = "…")` | an index over several columns; without a name, it is named by the convention: `ix_users_a_b` |
/// | `index(sql("lower(email)", "id DESC"))` | the same over SQL, as it stands between the commas: see [`Index::over_sql`](../bindery/schema/struct.Index.html#method.over_sql) |
/// | … `unique`, `method = "gin"`, `filter = "deleted is null"` | in an index: no two rows are alike in it (`ux_users_a_b`); by another method than the backend's usual one; of some rows only, not on MySQL |
/// | `unique(columns(a, b), name = "…")` | a unique constraint over several columns: `uq_users_a_b` |
/// | `foreign_key(columns(a, b), references(Order::x, Order::y), name = "…")` | a foreign key over several columns: `fk_users_a_b_orders`. With `on_delete` and `on_update` as a field has them |
/// | `foreign_key(columns(a, b), references = "orders(x, y)")` | the same to a table without a model, by its names |
/// | `check("length > 0", name = "…")` | what must not be false of any row, as SQL; without a name, it is named by a hash of its text. MySQL 5.7 reads it and does not keep it |
/// | … `options = "INCLUDE (a)"` | in an index or a foreign key: whatever else stands behind it, in the server's words: `"DEFERRABLE INITIALLY DEFERRED"` |
/// | `primary_key(name = "users_pkey", columns(b, a))` | another name for the primary key than `pk_users`, and another order of its columns than the fields'; either may be left out |
/// | `options = "STRICT"` | whatever else is said when the table is created, in the server's words: `"ENGINE=InnoDB COLLATE=utf8mb4_bin"`, `"PARTITION BY RANGE (at)"` |
/// | `comment = "…"` | what people are told of the table in the database; SQLite keeps no comments |
///
/// The columns of an index or constraint are fields of the struct, by their Rust names; a base's column is named by its path,
/// `Audited::created_by`. What is SQL names the columns of the database. A constraint whose `name` is empty has none: SQLite keeps it so, other servers
/// choose one.
///
/// # On a field: `#[column(…)]`
///
/// | attribute | meaning |
/// | --- | --- |
/// | `name = "…"` | the column's name; otherwise the field's |
/// | `primary_key` | the key, or one column of it: two to six of them are a composite key, a tuple in the order of the fields |
/// | `generated` | the server generates the value; for one integer of a table. With `type = "bigserial"`, `"serial"` or `"smallserial"` PostgreSQL does so by a sequence, with `"bigint generated always as identity"` it takes no other value, else it is an identity column. With `type = "INTEGER"` SQLite numbers its rows without AUTOINCREMENT |
/// | `version` | counts the updates of the row, by whichever statement of bindery: `session.update(model)` writes only where it is the model's still. With `default = 1`, `New…::new` begins it |
/// | `unique` | no two rows have the same value |
/// | `index` | it has an index |
/// | `default = 1` | what `NewUser::new` fills in: any expression of the field's type, or text for what is made from a `&str` |
/// | `sql_default = "CURRENT_TIMESTAMP"` | what the server fills in, as SQL |
/// | `max_length = 120` | at most this many characters of text: a longer one is refused before it is sent |
/// | `type = "citext"` | the column's type in the server's own words |
/// | `type = decimal(5, 2)` | the digits of a decimal: in all, and after the point |
/// | `references = User::id` | a foreign key: another bind or another type does not compile. `references = Self::id` is fine |
/// | `references = "users.id"` | a foreign key to a table without a model, on the same bind, by its names |
/// | `on_delete = cascade` | what happens when the row referred to is deleted: `cascade`, `set_null`, `set_default`, `restrict` or, without it, `no_action` |
/// | `on_update = cascade` | what happens when the key referred to is changed: the same |
/// | `check = "length > 0"` | what must not be false of any row, as SQL: `ck_films_length` |
/// | `computed = "price * amount"` | the server computes the value by this SQL and keeps it with the row: neither inserted nor updated by bindery, and not in `NewUser` |
/// | `virtual` | beside `computed`: the value is computed whenever it is read, and not kept; on PostgreSQL from 18 on |
/// | `comment = "…"` | what people are told of the column in the database |
///
/// ```
/// use bindery::Model;
/// use bindery::schema::Model as _;
///
/// #[derive(Model)]
/// #[model(table = "orders", comment = "what was bought")]
/// struct Order {
///     #[column(primary_key)]
///     shop: i32,
///     #[column(primary_key)]
///     number: i64,
/// }
///
/// #[derive(Model)]
/// #[model(
///     table = "lines",
///     foreign_key(columns(shop, number), references(Order::shop, Order::number), on_delete = cascade, on_update = cascade),
///     index(sql("lower(code)", "id DESC"), name = "by_code"),
///     check("amount < 100 or price = 0", name = "few_or_free")
/// )]
/// struct Line {
///     #[column(primary_key, generated)]
///     id: i64,
///     shop: i32,
///     number: i64,
///     #[column(max_length = 20)]
///     code: String,
///     #[column(check = "price >= 0")]
///     price: i64,
///     amount: i64,
///     #[column(computed = "price * amount", comment = "in cents")]
///     total: i64,
/// }
///
/// assert_eq!(Line::table().foreign_keys()[0].name, "fk_lines_shop_number_orders");
/// assert_eq!(Line::table().checks()[0].name, "ck_lines_price");
/// let line = NewLine::new(1, 1, "a7".to_owned(), 250, 2); // without `id` and `total`
/// ```
///
/// # A base: `#[model(inherits)]`
///
/// A field marked so brings the columns of its struct, where it stands, and its bind; its columns' own constraints are named
/// after the child's table. A base can have a base, and can bring the primary key or a part of it. Statements about the child
/// use the base's typed columns.
///
/// ```
/// use bindery::Model;
/// use bindery::schema::{Column, Model as _};
///
/// #[derive(Model)]
/// #[model(abstract, bind = "auth")]
/// struct Audited {
///     created_by: Option<i64>,
///     #[column(sql_default = "CURRENT_TIMESTAMP")]
///     created_at: String,
/// }
///
/// #[derive(Model)]
/// #[model(index(columns(title, Audited::created_at)))]
/// struct Post {
///     #[column(primary_key, generated)]
///     id: i64,
///     #[model(inherits)]
///     audit: Audited,
///     title: String,
/// }
///
/// let names: Vec<_> = Post::table().columns().iter().map(Column::name).collect();
/// assert_eq!(names, ["id", "created_by", "created_at", "title"]);
/// assert_eq!(Post::table().bind().as_str(), "auth");
///
/// let post = NewPost::new(NewAudited::new(), "Notes".to_owned());
/// assert!(post.audit.created_at.is_none());
/// ```
///
/// # Errors
/// What is wrong is said at the token that is wrong, all of it at once: a missing primary key, an unknown attribute, two columns
/// of one name, a type that can't be a column, a foreign key across binds.
#[proc_macro_derive(Model, attributes(model, column))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Makes a struct the row of a select: a view. It has a field for each column, in their order, of the column's type.
///
/// ```
/// use bindery::engine::Dialect;
/// use bindery::prelude::*;
///
/// # #[derive(Model)]
/// # struct Post { #[column(primary_key)] id: i64, author: i64, stars: Option<i16> }
/// #[derive(FromRow)]
/// struct Busy {
///     author: i64,
///     posts: i64,
/// }
///
/// let busy = Post::select().columns((Post::author, count())).group_by(Post::author).into::<Busy>();
/// assert!(busy.to_sql(&Dialect::sqlite())?.starts_with(r#"SELECT "post"."author", COUNT(*)"#));
///
/// // Under a name, it is what other statements can be from; each field is a typed column too.
/// let busy = busy.subquery("busy");
/// let busiest = busy.select().filter(Busy::posts.gt(10));
/// # Ok::<(), bindery::Error>(())
/// ```
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[column(name = "…")]` on a field | the column's name, where it is not the field's: in a subquery, and in the result of raw SQL |
///
/// # Errors
/// What a select can't be made into does not compile: another number of columns, or others of their types. The columns of raw SQL are
/// compared by name when it is run.
#[proc_macro_derive(FromRow, attributes(column))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    view::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Makes a newtype or an enum the value of one column.
///
/// A newtype is kept as what it wraps, and compares, orders and sums in SQL where that does. An enum without fields is kept as
/// text, its variants' names; it compares, but has no order in SQL, where it would sort by its text.
///
/// ```
/// use bindery::Scalar;
/// use bindery::value::{Scalar as _, Value, ValueRef};
///
/// #[derive(Scalar, Debug, Clone, PartialEq)]
/// struct Email(String);
///
/// #[derive(Scalar, Debug, Clone, PartialEq)]
/// #[scalar(rename_all = "snake_case")]
/// enum State {
///     InProgress,
///     #[scalar(rename = "over")]
///     Done,
/// }
///
/// assert_eq!(Email("ada@example.org".to_owned()).into_value()?, Value::Text("ada@example.org".to_owned()));
/// assert_eq!(State::InProgress.into_value()?, Value::Text("in_progress".to_owned()));
/// assert_eq!(State::from_value(ValueRef::Text("over"))?, State::Done);
///
/// let error = State::from_value(ValueRef::Text("lost")).unwrap_err();
/// assert_eq!(error.to_string(), "the value is no variant of `State`: it has in_progress, over");
/// # Ok::<(), bindery::Error>(())
/// ```
///
/// # Attributes
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[scalar(rename_all = "snake_case")]` on the enum | the case of its texts: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` or `SCREAMING-KEBAB-CASE`; otherwise they are the variants' names as they stand |
/// | `#[scalar(rename = "PG-13")]` on a variant | its text |
/// | `#[scalar(enumeration = "mood")]` on the enum | an enumeration in the database, whose values are these texts: on PostgreSQL a type of this name, which `create_all` makes, on MySQL an `enum(…)`, on SQLite text with a check. Two of one name on a bind have the same values |
/// | `#[scalar(repr = "i16")]` on the enum | kept as an integer, each variant's value in Rust (`Low = 1`, or counted from 0): it compares and orders. `i8` to `i64`, `u8` to `u64` |
///
/// ```
/// use bindery::Scalar;
/// use bindery::value::{Scalar as _, SqlType, Value};
///
/// #[derive(Scalar)]
/// #[scalar(repr = "i16")]
/// enum Level {
///     Low = 10,
///     High = 20,
/// }
///
/// assert_eq!(Level::TYPE, SqlType::I16);
/// assert_eq!(Level::High.into_value()?, Value::I64(20));
/// # Ok::<(), bindery::Error>(())
/// ```
///
/// # Errors
/// A text or number of no variant is an `ErrorKind::Decode` that names the enum and lists its variants. At compile time, these are
/// errors: a struct of several fields, a newtype of an `Option` (make columns of `Option<Email>`), a variant with fields, two
/// variants of one text, a variant whose value doesn't fit the `repr`.
#[proc_macro_derive(Scalar, attributes(scalar))]
pub fn derive_scalar(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    scalar::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Gives a bind a name: a type, for `#[model(bind = Auth)]`, and a constant `BindKey` of the same name, for everything else.
///
/// A typo in `bind = "auth"` shows when the application connects; one in `bind = Auth` doesn't compile.
///
/// ```
/// use bindery::schema::Model as _;
/// use bindery::{Model, bind};
///
/// bind!(
///     /// Users and what they may do.
///     pub Auth = "auth"
/// );
///
/// #[derive(Model)]
/// #[model(bind = Auth)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
/// }
///
/// assert_eq!(User::table().bind(), Auth);
/// ```
///
/// # Errors
/// A key that isn't a lower-case letter, then up to 31 lower-case letters, digits and single underscores, does not compile.
#[proc_macro]
pub fn bind(input: TokenStream) -> TokenStream {
    bind::expand(parse_macro_input!(input as bind::Declaration)).into()
}

/// Declares a table without a struct, registered to its bind as those of models are. Its rows are dynamic.
///
/// The fields are columns, with the `#[column(…)]` of [`derive@Model`], `default` apart. A primary key may be missing.
///
/// ```
/// use bindery::table;
///
/// table! {
///     /// What happened.
///     #[table(name = "events", bind = "meta", index(columns(at, name)))]
///     pub static EVENTS {
///         #[column(primary_key, generated)]
///         id: i64,
///         #[column(max_length = 20)]
///         name: Option<String>,
///         at: String,
///     }
/// }
///
/// assert_eq!(EVENTS.bind().as_str(), "meta");
/// assert_eq!(EVENTS.primary_key().collect::<Vec<_>>(), ["id"]);
/// assert_eq!(EVENTS.indexes()[0].name, "ix_events_at_name");
/// ```
///
/// | in `#[table(…)]` | meaning |
/// | --- | --- |
/// | `name = "events"` | the table's name; otherwise the static's in lower case |
/// | `bind = "meta"`, `bind = Meta` | the bind; otherwise `default` |
/// | `index(…)`, `unique(…)`, `foreign_key(…)`, `check(…)`, `primary_key(…)`, `options = "…"`, `comment = "…"` | as in [`derive@Model`] |
///
/// # Errors
/// As [`derive@Model`]: at the token, all at once.
#[proc_macro]
pub fn table(input: TokenStream) -> TokenStream {
    table::expand(&parse_macro_input!(input as table::Table)).into()
}

/// SQL with values in it: `{id}` is one, `{..ids}` a list of them, with commas between. They become parameters, in the server's own form,
/// and never stand in the text; a column between the braces becomes its name. A brace that is meant is doubled.
///
/// ```
/// use bindery::engine::Dialect;
/// use bindery::prelude::*;
/// use bindery::sql;
///
/// let (id, kinds) = (7, vec!["login", "logout"]);
/// let events = raw("default", sql!("select * from events where user_id = {id} and kind in ({..kinds})"));
/// assert_eq!(events.to_sql(&Dialect::postgres())?, "select * from events where user_id = $1 and kind in ($2, $3)");
/// assert_eq!(events.to_sql(&Dialect::mysql())?, "select * from events where user_id = ? and kind in (?, ?)");
/// # Ok::<(), bindery::Error>(())
/// ```
///
/// Any expression can stand there, and is looked at, not moved: `{user.id}`, `{offset + 1}`; a reference to a number is `{*id}`. A list is
/// what has `iter()`: a `Vec`, an array, a slice, a set.
///
/// # Errors
/// A brace that is not closed, or closes nothing, does not compile, nor does what is no value of a column.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(&parse_macro_input!(input as sql::Sql)).into()
}

/// The migrations of a folder, in the binary: for a deployment without files. The path starts from the folder of the package that calls it,
/// and has a folder for each bind, as `bindery::migrate::Migrations` says.
///
/// A file that changes is compiled in anew by itself. A migration that is *added* is not seen by cargo: say in the package's `build.rs`
/// that the folder is watched, `println!("cargo::rerun-if-changed=migrations");`.
///
/// ```
/// use bindery::embed_migrations;
/// use bindery::migrate::EmbeddedMigration;
///
/// static MIGRATIONS: &[EmbeddedMigration] = embed_migrations!("tests/migrations");
/// assert_eq!((MIGRATIONS[0].bind, MIGRATIONS[0].folder), ("auth", "20261129120305_users"));
/// assert!(MIGRATIONS[0].up.starts_with("create table users"));
/// ```
///
/// # Errors
/// A folder that isn't there, or a migration without an `up.sql`, does not compile. Whether the names are versions is seen when the
/// migrations are used.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    let directory = parse_macro_input!(input as LitStr);
    embed::expand(&directory).unwrap_or_else(Error::into_compile_error).into()
}
