//! What `#[derive(Model)]`, `bind!` and `table!` make: tables, structs to insert, typed columns, registration.

use std::sync::Arc;

use bindery::definition::ReferentialAction;
use bindery::engine::{ColumnInfo, FromRow, Row};
use bindery::schema::{Column, Fields, Insertable, Table, Values, registered};
use bindery::value::{SqlType, Value};
use bindery::{BindKey, Model, Scalar, bind, table};

bind!(
    /// Who may do what.
    Auth = "auth"
);

mod keys {
    bindery::bind!(pub(crate) Meta = "meta");
}

#[derive(Model, Debug, PartialEq)]
#[model(table = "users", bind = "auth")]
struct User {
    #[column(primary_key, generated)]
    id: i64,
    #[column(unique, max_length = 120)]
    email: String,
    name: Option<String>,
}

/// Who changed a row, and when.
#[derive(Model, Debug, PartialEq)]
#[model(abstract, bind = Auth)]
struct Audited {
    #[column(references = User::id, on_delete = set_null)]
    created_by: Option<i64>,
    #[column(sql_default = "CURRENT_TIMESTAMP", index)]
    created_at: String,
}

/// The second level.
#[derive(Model, Debug, PartialEq)]
#[model(abstract)]
struct Document {
    #[column(primary_key, generated)]
    id: i64,
    #[model(inherits)]
    audit: Audited,
}

#[derive(Model, Debug, PartialEq)]
#[model(index(columns(title, Audited::created_at)))]
struct Post {
    #[model(inherits)]
    document: Document,
    #[column(references = User::id, on_delete = cascade)]
    author_id: i64,
    #[column(default = "untitled")]
    title: String,
    #[column(default = 3)]
    stars: i16,
}

#[derive(Model)]
#[model(bind = keys::Meta)]
struct HTTPLog {
    #[column(primary_key)]
    at: i64,
    #[model(inherits)]
    _place: Place,
}

#[derive(Model)]
#[model(abstract, bind = "auth")]
struct Place {
    path: String,
}

#[derive(Scalar, Debug, Clone, Copy, PartialEq)]
struct ActorId(i64);

#[derive(Model)]
#[model(unique(columns(film_id, order), name = "one_each"), index(columns(order, actor_id)))]
struct FilmActor {
    #[column(primary_key)]
    actor_id: ActorId,
    #[column(primary_key, name = "film")]
    film_id: i32,
    #[column(name = "position")]
    order: u8,
    #[column(type = "char(2)", sql_default = "'en'")]
    r#type: Option<String>,
}

#[derive(Model)]
#[model(columns = CategoryColumns)]
struct Category {
    #[column(primary_key)]
    id: i64,
    #[column(references = CategoryColumns::id)]
    parent: Option<i64>,
}

impl Category {
    /// A method of a column's name, which is why the typed columns stand elsewhere.
    fn parent(&self) -> Option<i64> {
        self.parent
    }
}

#[derive(Model)]
struct Staff {
    #[column(primary_key)]
    id: i64,
    #[column(references = Store::id)]
    store_id: i64,
    #[column(references = Self::id)]
    manager_id: Option<i64>,
}

#[derive(Model)]
struct Store {
    #[column(primary_key)]
    id: i64,
    #[column(references = Staff::id, on_delete = restrict)]
    manager_id: i64,
    #[column(references = "category.id")]
    category: Option<i64>,
}

/// A key of its own behind that of its base.
#[derive(Model)]
#[model(abstract)]
struct Tenanted {
    #[column(primary_key)]
    tenant: i32,
}

#[derive(Model)]
struct Invoice {
    #[model(inherits)]
    tenanted: Tenanted,
    #[column(primary_key)]
    number: String,
}

table! {
    /// What happened.
    #[table(bind = keys::Meta, index(columns(at, name), name = "recent"))]
    static EVENTS {
        #[column(primary_key, generated)]
        id: i64,
        #[column(max_length = 20, name = "title")]
        name: Option<String>,
        at: String,
    }
}

table! {
    #[table(name = "user_tags", bind = "auth")]
    static TAGS {
        #[column(references = User::id)]
        user_id: i64,
        tag: String,
    }
}

fn read<T: FromRow>(values: Vec<Value>) -> bindery::Result<T> {
    let columns: Arc<[ColumnInfo]> = values.iter().map(|_| ColumnInfo::new("a")).collect();
    T::from_row(&Row::new(&values, &columns))
}

fn values(row: impl Values) -> bindery::Result<Vec<Option<Value>>> {
    let mut values = Vec::new();
    row.into_values(&mut values).map(|()| values)
}

fn names(table: &Table) -> Vec<&str> {
    table.columns().iter().map(Column::name).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn a_table_has_what_its_struct_says() {
    let table = User::table();
    assert_eq!(table.name(), "users");
    assert_eq!(table.bind(), BindKey::from_static("auth"));
    let expected = [
        Column::of::<i64>("id").primary_key().generated(),
        Column::of::<String>("email").unique().max_length(120),
        Column::of::<Option<String>>("name"),
    ];
    assert_eq!(table.columns(), expected);
    assert_eq!(table.uniques()[0].name, "uq_users_email");
    assert!(std::ptr::eq(table, User::table()));
}

#[test]
fn a_table_is_named_after_its_struct_and_is_on_default() {
    assert_eq!(FilmActor::table().name(), "film_actor");
    assert_eq!(HTTPLog::NAME, "http_log");
    assert_eq!(FilmActor::table().bind(), BindKey::DEFAULT);
}

#[test]
fn columns_are_renamed() {
    assert_eq!(names(FilmActor::table()), ["actor_id", "film", "position", "type"]);
    assert_eq!(FilmActor::film_id.name(), "film");
    assert_eq!(FilmActor::r#type.name(), "type");
    assert_eq!(FilmActor::NAMES, names(FilmActor::table()));
}

#[test]
fn indexes_and_unique_constraints_over_several_columns() {
    let table = FilmActor::table();
    assert_eq!((table.uniques()[0].name.as_str(), table.uniques()[0].columns.join(" ")), ("one_each", "film position".to_owned()));
    assert_eq!(table.indexes()[0].name, "ix_film_actor_position_actor_id");
}

#[test]
fn a_composite_key_is_a_tuple_in_the_order_of_the_fields() {
    let row = FilmActor { actor_id: ActorId(1), film_id: 2, order: 3, r#type: None };
    let (actor, film): (ActorId, i32) = row.key();
    assert_eq!((actor, film), (ActorId(1), 2));
    assert_eq!(FilmActor::table().primary_key().collect::<Vec<_>>(), ["actor_id", "film"]);
    assert_eq!(FilmActor::table().find_column("actor_id").map(Column::sql_type), Some(SqlType::I64));
}

#[test]
fn a_key_is_joined_from_a_base_and_the_model() {
    let row = Invoice { tenanted: Tenanted { tenant: 7 }, number: "a".to_owned() };
    let key: (i32, String) = row.key();
    assert_eq!(key, (7, "a".to_owned()));
    assert_eq!(Invoice::table().primary_key().collect::<Vec<_>>(), ["tenant", "number"]);
}

#[test]
fn two_levels_of_bases_give_their_columns_where_their_field_stands() {
    let table = Post::table();
    assert_eq!(names(table), ["id", "created_by", "created_at", "author_id", "title", "stars"]);
    assert_eq!(Post::WIDTH, 6);
    assert_eq!(Post::NAMES, names(table));
    assert_eq!((Document::TABLE, Post::TABLE), (None, Some("post")));
    assert_eq!(table.primary_key().collect::<Vec<_>>(), ["id"]);
    let indexes: Vec<_> = table.indexes().iter().map(|index| index.name.as_str()).collect();
    assert_eq!(indexes, ["ix_post_created_at", "ix_post_title_created_at"]);
}

#[test]
fn a_base_gives_its_bind_unless_the_child_names_its_own() {
    assert_eq!(Post::table().bind(), BindKey::from_static("auth"));
    assert_eq!(HTTPLog::table().bind(), BindKey::from_static("meta"));
}

#[test]
fn a_row_becomes_a_model_and_back() {
    let cells = vec![Value::I64(1), Value::Null, text("now"), Value::I64(5), text("Notes"), Value::I64(4)];
    let post: Post = read(cells.clone()).unwrap();
    let audit = Audited { created_by: None, created_at: "now".to_owned() };
    let expected = Post { document: Document { id: 1, audit }, author_id: 5, title: "Notes".to_owned(), stars: 4 };
    assert_eq!(post, expected);
    let key: i64 = post.key();
    assert_eq!(key, 1);
    assert_eq!(values(post).unwrap(), cells.into_iter().map(Some).collect::<Vec<_>>());
}

#[test]
fn an_error_of_a_cell_names_its_column() {
    let columns: Arc<[ColumnInfo]> = [ColumnInfo::new("film")].into();
    let row = vec![text("x")];
    let error = User::from_row(&Row::new(&row, &columns)).unwrap_err();
    assert_eq!(error.column(), Some("film"));
}

#[test]
fn a_new_row_leaves_generated_columns_and_defaults_to_the_server() {
    let mut post = NewPost::new(NewDocument::new(NewAudited::new()), 5);
    assert_eq!(
        values(post.clone()).unwrap(),
        [None, Some(Value::Null), None, Some(Value::I64(5)), Some(text("untitled")), Some(Value::I64(3))]
    );
    post.document.audit.created_at = Some("now".to_owned());
    assert_eq!(values(post).unwrap()[2], Some(text("now")));
    let user = NewUser { email: "ada@example.org".to_owned(), name: None };
    assert_eq!(values(user).unwrap(), [None, Some(text("ada@example.org")), Some(Value::Null)]);
}

#[test]
fn a_model_without_generated_columns_has_a_new_too() {
    fn becomes<T: Insertable<Model = Category>>(_: &T) {}
    let new = NewCategory::new(1);
    becomes(&new);
    assert_eq!(format!("{new:?}"), "NewCategory { id: 1, parent: None }");
    let category = Category { id: 1, parent: Some(2) };
    becomes(&category);
    assert_eq!(category.parent(), Some(2));
}

#[test]
fn references_carry_table_column_and_action() {
    let [author, created_by] = ["author_id", "created_by"].map(|name| Post::table().find_column(name).unwrap().reference().unwrap());
    assert_eq!((&*author.table, &*author.columns[0], author.on_delete), ("users", "id", ReferentialAction::Cascade));
    assert_eq!(author.bind, Some(BindKey::from_static("auth")));
    assert_eq!(created_by.on_delete, ReferentialAction::SetNull);
    let parent = Category::table().find_column("parent").unwrap().reference().unwrap();
    assert_eq!((&*parent.table, &*parent.columns[0]), ("category", "id"));
}

#[test]
fn tables_that_refer_to_each_other_are_built() {
    let names = |table: &'static Table| table.foreign_keys().iter().map(|key| key.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(Staff::table()), ["fk_staff_store_id_store", "fk_staff_manager_id_staff"]);
    assert_eq!(names(Store::table()), ["fk_store_manager_id_staff", "fk_store_category_category"]);
}

#[test]
fn a_table_without_a_struct() {
    assert_eq!((EVENTS.name(), EVENTS.bind()), ("events", BindKey::from_static("meta")));
    let expected = [
        Column::of::<i64>("id").primary_key().generated(),
        Column::of::<Option<String>>("title").max_length(20),
        Column::of::<String>("at"),
    ];
    assert_eq!(EVENTS.columns(), expected);
    assert_eq!((EVENTS.indexes()[0].name.as_str(), EVENTS.indexes()[0].plain_columns().unwrap()), ("recent", vec!["at", "title"]));
    assert_eq!(TAGS.foreign_keys()[0].name, "fk_user_tags_user_id_users");
}

#[test]
fn every_table_is_registered_and_no_base_is() {
    let found: Vec<_> = registered().into_iter().map(|table| format!("{}.{}", table.bind(), table.name())).collect();
    let expected = [
        "auth.post",
        "auth.user_tags",
        "auth.users",
        "default.category",
        "default.film_actor",
        "default.invoice",
        "default.staff",
        "default.store",
        "meta.events",
        "meta.http_log",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_bind_is_a_type_and_a_value() {
    fn key<B: bindery::BindName>() -> BindKey {
        B::KEY
    }
    assert_eq!(key::<Auth>(), Auth);
    assert_eq!(Auth.as_str(), "auth");
    assert_eq!(keys::Meta, BindKey::from_static("meta"));
    assert_eq!(ActorId::TYPE, SqlType::I64);
}
