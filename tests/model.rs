use bindery::Model;

#[derive(Model)]
#[model(table = "users", bind = "auth")]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(unique, max_length = 120)]
    pub email: String,
    pub name: Option<String>,
}

#[derive(Model)]
#[model(abstract, bind = "auth")]
struct Audited {
    #[column(references = User::id, on_delete = set_null)]
    created_by: Option<i64>,
    #[column(sql_default = "CURRENT_TIMESTAMP")]
    created_at: String,
}

#[derive(Model)]
struct Post {
    #[column(primary_key, generated)]
    id: i64,
    #[column(references = User::id, on_delete = cascade)]
    author_id: i64,
    #[model(inherits)]
    audit: Audited,
    #[column(default = "untitled")]
    title: String,
}

#[test]
fn x() {
    println!("{:?}", <Post as bindery::schema::Model>::table());
    println!("{:?}", NewPost::new(1, NewAudited::new()).clone());
    println!("{:?}", bindery::schema::registered());
}
