use super::generator::Generator;
use crate::BindKey;
use crate::definition::DatabaseDefinition;
use crate::engine::Dialect;

/// Models as source, and what they don't say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// the source of a module; what it needs is told at its top
    pub source: String,
    /// what the database has and the models don't: triggers and functions, partitions, options that no attribute says
    pub notes: Vec<String>,
}

/// Writes models for the tables of a definition, which is of a database of this dialect.
///
/// | in the database | in Rust |
/// | --- | --- |
/// | a table with a primary key of up to six columns | a struct of its name in PascalCase with `#[derive(Model)]`; any other table a `table!` |
/// | a column | a field in snake_case, with `type = "…"` unless `create_all` would make the same of its Rust type |
/// | PostgreSQL's enumerations, MySQL's columns of an `enum` | an enum with `#[derive(Scalar)]` |
/// | MySQL's `set`, and a type that bindery doesn't know | a `String`; bits are a number, geometries bytes |
/// | PostgreSQL's arrays | [`Array`](crate::value::Array) |
/// | dates and times; UUIDs; decimals; JSON | the types of `chrono`, `uuid`, `rust_decimal`, `serde_json` |
/// | a view | a struct with `#[derive(FromRow)]` |
///
/// Names that are Rust's keywords become raw ones (`r#type`), names that clash get a number. The same definition gives the same source.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// use bindery::codegen;
///
/// let (definition, engine) = (databases.reflect("auth").await?, databases.engine("auth")?);
/// let generated = codegen::models(&definition, BindKey::from_static("auth"), engine.dialect());
/// assert!(generated.source.contains("#[model(table = \"users\", bind = \"auth\")]\npub struct Users {"));
/// # Ok(())
/// # }
/// ```
pub fn models(definition: &DatabaseDefinition, bind: BindKey, dialect: &Dialect) -> Generated {
    Generator::new(definition, bind, dialect).generate()
}
