//! bindery in a web server: a handler with a select, a stream and a transaction, and clients that go away in the middle of one.
#![allow(clippy::unwrap_used)] // clippy knows tests by `#[test]`, and these are their helpers

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use bindery::SqliteDriver;
use bindery::prelude::*;
use bindery::session::Atomicity;
use bindery_testkit::TempSqlite;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "auth")]
struct User {
    #[column(primary_key, generated)]
    id: i64,
    #[column(unique)]
    email: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
struct Post {
    #[column(primary_key, generated)]
    id: i64,
    author_id: i64,
}

#[derive(Clone)]
struct App {
    databases: Databases,
    /// a handler has written, and waits inside its transaction
    written: Arc<Notify>,
}

/// bindery's error as the application's answer.
struct Failed(bindery::Error);

impl From<bindery::Error> for Failed {
    fn from(error: bindery::Error) -> Self {
        Failed(error)
    }
}

impl axum::response::IntoResponse for Failed {
    fn into_response(self) -> axum::response::Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

/// A select, a stream and a transaction in one handler: its future is `Send`, else this would not compile.
async fn sign_up(State(app): State<App>) -> Result<Json<Vec<String>>, Failed> {
    let session = app.databases.session();
    let number = session.all(User::select()).await?.len() + 1;
    let tx = session.begin().await?;
    tx.insert(NewUser { email: format!("user{number}@example.org") }).await?;
    tx.commit().await?;
    let mut emails = Vec::new();
    let mut users = session.stream(User::select().order_by(User::id.asc()));
    while let Some(user) = users.try_next().await? {
        emails.push(user.email);
    }
    Ok(Json(emails))
}

/// Writes on two binds, and then never ends by itself.
async fn never_ending(State(app): State<App>) -> Result<(), Failed> {
    let tx = app.databases.session().begin_with(Atomicity::BestEffort).await?;
    let user = tx.insert(NewUser { email: "gone@example.org".into() }).await?;
    tx.insert(NewPost { author_id: user.id }).await?;
    app.written.notify_one();
    std::future::pending::<()>().await;
    tx.commit().await?;
    Ok(())
}

/// Writes, and is then cut off while a statement runs.
async fn busy(State(app): State<App>) -> Result<(), Failed> {
    let tx = app.databases.session().begin().await?;
    tx.insert(NewUser { email: "gone@example.org".into() }).await?;
    app.written.notify_one();
    // Long enough to be cut off, not so long that a test which fails never ends.
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000000) SELECT count(*) FROM n";
    tx.all(raw("auth", long)).await?;
    tx.commit().await?;
    Ok(())
}

struct Server {
    address: SocketAddr,
    app: App,
    files: TempSqlite,
}

async fn serve() -> Server {
    let files = TempSqlite::new().unwrap();
    let databases = Databases::builder().driver(SqliteDriver).file(files.config_file(["default", "auth"]).unwrap());
    let databases = databases.engine_option("pool_size", 2).engine_option("pool_timeout", "5s").connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    let app = App { databases, written: Arc::default() };
    let router = Router::new().route("/sign-up", post(sign_up)).route("/never-ending", get(never_ending)).route("/busy", get(busy));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router.with_state(app.clone())).into_future());
    Server { address, app, files }
}

impl Server {
    /// Sends a request, whose answer can be read from the stream.
    async fn send(&self, method: &str, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn sign_up(&self) -> String {
        let mut answer = String::new();
        self.send("POST", "/sign-up").await.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Sends a request, and goes away once its handler is in the middle of its transaction.
    async fn disconnect_from(&self, path: &str) {
        let client = self.send("GET", path).await;
        tokio::time::timeout(Duration::from_secs(10), self.app.written.notified()).await.unwrap();
        drop(client);
    }

    /// What SQLite's own client finds in a bind's file.
    fn witness(&self, bind: &str, sql: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.files.path(bind)).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }
}

const EMAILS: &str = "SELECT email FROM users ORDER BY id";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_with_a_select_a_stream_and_a_transaction() {
    let server = serve().await;
    assert!(server.sign_up().await.ends_with(r#"["user1@example.org"]"#));
    let answer = server.sign_up().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(r#"["user1@example.org","user2@example.org"]"#), "{answer}");
    assert_eq!(server.witness("auth", EMAILS), ["user1@example.org", "user2@example.org"]);
    assert_eq!(server.witness("default", "SELECT name FROM sqlite_master WHERE name = 'users'"), [""; 0]);
}

/// After a client went away, the next request writes at once, and nothing of the cut-off transaction is there.
async fn a_disconnect_rolls_back(path: &str) {
    let server = serve().await;
    for round in 1..=3 {
        server.disconnect_from(path).await;
        let since = Instant::now();
        let answer = server.sign_up().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        // `pool_timeout` is 5 s: the writer was free long before that.
        assert!(since.elapsed() < Duration::from_secs(2), "the writer was free after {:?}", since.elapsed());
        assert_eq!(server.witness("auth", EMAILS).len(), round);
    }
    assert_eq!(server.witness("auth", EMAILS), ["user1@example.org", "user2@example.org", "user3@example.org"]);
    assert_eq!(server.witness("default", "SELECT CAST(id AS TEXT) FROM posts"), [""; 0]);
    // Nothing is held any longer, neither by bindery nor on the files: anyone may write.
    for bind in ["default", "auth"] {
        let connection = rusqlite::Connection::open(server.files.path(bind)).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        connection.execute_batch("BEGIN EXCLUSIVE; ROLLBACK").unwrap();
        assert_eq!(server.app.databases.engine(bind).unwrap().pool_status().in_use, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_disconnects_mid_transaction_leaves_a_rollback() {
    a_disconnect_rolls_back("/never-ending").await;
}

#[tokio::test]
async fn so_it_does_on_a_current_thread_runtime() {
    a_disconnect_rolls_back("/never-ending").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_disconnects_mid_statement_leaves_a_rollback() {
    a_disconnect_rolls_back("/busy").await;
}
