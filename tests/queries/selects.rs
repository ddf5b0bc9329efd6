//! What a select is made of beyond one table and its columns, on real databases: the same rows as hand-written SQL through the databases' own
//! clients. What a server lacks is refused.

use bindery::prelude::*;
use bindery::query::{rank, row_number};
use bindery::{ErrorKind, Result};

use crate::library::{Author, Backend, Book, Cell, Employee, Event, Library, Review, on_each_backend};
use crate::rows::{Plain, same};

on_each_backend! {
    left_joins,
    whole_rows,
    views,
    subqueries,
    common_table_expressions,
    recursive_expressions,
    paths,
    windows,
    groups_and_orders_of_expressions,
    updates_with_expressions,
    rows_are_locked,
}

#[derive(FromRow, Debug, Clone, PartialEq)]
struct Shelf {
    language: String,
    #[column(name = "n")]
    books: i64,
    longest: Option<i32>,
}

impl Plain for Shelf {
    fn plain(self) -> Vec<String> {
        vec![self.language.cell(), self.books.cell(), self.longest.cell()]
    }
}

#[derive(FromRow, Debug, Clone, PartialEq)]
struct Level {
    id: i64,
    name: String,
    depth: i64,
}

impl Plain for Level {
    fn plain(self) -> Vec<String> {
        vec![self.id.cell(), self.name.cell(), self.depth.cell()]
    }
}

async fn left_joins(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    same(
        &library,
        Author::select()
            .columns((Author::name, Book::title.nullable(), Book::pages.nullable() + 1))
            .left_join::<Book>()
            .order_by(Author::id.asc())
            .order_by(Book::id.asc()),
        "SELECT a.name, b.title, b.pages + 1 FROM author a LEFT JOIN book b ON b.author_id = a.id ORDER BY a.id, b.id",
    )
    .await;
    let long = Book::author_id.eq(Author::id).and(Book::pages.gt(300));
    same(
        &library,
        Author::select()
            .columns((Author::name, Book::title.coalesce("none"), Book::pages.sum()))
            .left_join_on::<Book, _>(long)
            .group_by(Author::id)
            .group_by(Author::name)
            .group_by(Book::title)
            .order_by(Author::id.asc())
            .order_by(Book::title.asc()),
        "SELECT a.name, coalesce(b.title, 'none'), sum(b.pages) FROM author a LEFT JOIN book b ON b.author_id = a.id AND b.pages > 300
         GROUP BY a.id, a.name, b.title ORDER BY a.id, b.title",
    )
    .await;
    let boss = Employee::alias("boss");
    same(
        &library,
        Employee::select()
            .columns((Employee::name, Employee::name.of(&boss).nullable()))
            .left_join_alias(&boss, Employee::manager_id.eq(Employee::id.of(&boss)))
            .order_by(Employee::id.asc()),
        "SELECT e.name, b.name FROM employee e LEFT JOIN employee b ON e.manager_id = b.id ORDER BY e.id",
    )
    .await;
    // Authors without a book: what has no partner is asked for.
    same(
        &library,
        Author::select().columns(Author::name).left_join::<Book>().filter(Book::id.is_null()).order_by(Author::id.asc()),
        "SELECT name FROM author WHERE id NOT IN (SELECT author_id FROM book) ORDER BY id",
    )
    .await;
    Ok(())
}

async fn whole_rows(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let pairs = Author::select().left_join::<Book>().columns((Author::row(), Book::row().optional(), Author::born.coalesce(0)));
    let pairs: Vec<(Author, Option<Book>, i32)> = session.all(pairs.order_by(Author::id.asc()).order_by(Book::id.asc())).await?;
    let by_hand = library.by_hand(
        "SELECT a.id, a.name, a.born, b.id, b.author_id, b.title, b.pages, b.language, coalesce(a.born, 0)
         FROM author a LEFT JOIN book b ON b.author_id = a.id ORDER BY a.id, b.id",
    );
    let plain = pairs.into_iter().map(|(author, book, born)| {
        let book = book.map_or_else(|| vec![None::<i64>.cell(); 5], Plain::plain);
        [author.plain(), book, vec![born.cell()]].concat()
    });
    assert_eq!(plain.collect::<Vec<_>>(), by_hand);

    let boss = Employee::alias("boss");
    let nested = Employee::select()
        .join_alias(&boss, Employee::manager_id.eq(Employee::id.of(&boss)))
        .columns(((Employee::id, Employee::row()), boss.row()))
        .order_by(Employee::id.desc());
    let ((id, employee), boss): ((i64, Employee), Employee) = session.first(nested).await?.unwrap();
    assert_eq!((id, employee.name.as_str(), boss.name.as_str()), (4, "Leaf", "Mid"));

    let alone: Vec<Author> = session.all(Book::select().join::<Author>().columns(Author::row()).order_by(Book::id.asc())).await?;
    assert_eq!(alone.iter().map(|author| author.id).collect::<Vec<_>>(), [1, 2, 2, 3, 3, 5]);
    let none: Vec<Option<Book>> =
        session.all(Author::select().left_join::<Book>().columns(Book::row().optional()).filter(Author::id.eq(4))).await?;
    assert_eq!(none, [None]);
    Ok(())
}

fn shelves() -> bindery::query::Select<Shelf, <Book as bindery::schema::Fields>::Bind> {
    Book::select().columns((Book::language, count(), Book::pages.max())).group_by(Book::language).into::<Shelf>()
}

async fn views(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    same(
        &library,
        shelves().order_by(Book::language.asc()),
        "SELECT language, count(*), max(pages) FROM book GROUP BY language ORDER BY 1",
    )
    .await;
    let sql = "SELECT language, count(*) AS n, max(pages) AS longest FROM book GROUP BY language ORDER BY 1";
    same(&library, raw("default", sql).rows::<Shelf>(), sql).await;
    let error = library.session().all(raw("default", "SELECT 'en' AS language, 1 AS books").rows::<Shelf>()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let message = "a `Shelf` is made from the columns `language`, `n`, `longest`, first and in this order, and the SQL gives others";
    assert!(error.to_string().starts_with(message), "{error}");
    Ok(())
}

async fn subqueries(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    // As a value: of all rows, and of those that belong to each.
    same(
        &library,
        Book::select()
            .columns(Book::title)
            .filter(Book::pages.gt(Book::select().columns(Book::pages.min()).scalar()))
            .order_by(Book::id.asc()),
        "SELECT title FROM book WHERE pages > (SELECT min(pages) FROM book) ORDER BY id",
    )
    .await;
    let stars = Review::select().columns(Review::stars.sum()).filter(Review::book_id.eq(Book::id)).scalar();
    same(
        &library,
        Book::select().columns((Book::title, stars)).order_by(Book::id.asc()),
        "SELECT title, (SELECT sum(stars) FROM review WHERE book_id = book.id) FROM book ORDER BY id",
    )
    .await;
    // As a table.
    let shelf = shelves().subquery("shelf");
    same(
        &library,
        shelf.select().filter(Shelf::books.gt(2)),
        "SELECT language, count(*), max(pages) FROM book GROUP BY language HAVING count(*) > 2",
    )
    .await;
    same(
        &library,
        Book::select()
            .columns((Book::title, Shelf::books.of(&shelf)))
            .join_alias(&shelf, Shelf::language.of(&shelf).eq(Book::language).and(Shelf::longest.of(&shelf).eq(Book::pages)))
            .order_by(Book::id.asc()),
        "SELECT b.title, s.n FROM book b JOIN (SELECT language, count(*) AS n, max(pages) AS longest FROM book GROUP BY language) s
         ON s.language = b.language AND s.longest = b.pages ORDER BY b.id",
    )
    .await;
    // Whole models, limited by themselves; a union as a table.
    let newest = Book::select().order_by(Book::id.desc()).limit(3).subquery("newest");
    same(
        &library,
        newest.select().order_by(Book::id.of(&newest).asc()),
        "SELECT * FROM (SELECT id, author_id, title, pages, language FROM book ORDER BY id DESC LIMIT 3) AS newest ORDER BY id",
    )
    .await;
    let some = Book::select().filter(Book::pages.gt(300)).union(Book::select().filter(Book::language.eq("fr"))).subquery("some");
    same(&library, some.select().columns(count()), "SELECT count(*) FROM book WHERE pages > 300 OR language = 'fr'").await;
    same(
        &library,
        some.select().join::<Author>().columns((Author::name, Book::title.of(&some))).order_by(Book::id.of(&some).asc()),
        "SELECT a.name, b.title FROM book b JOIN author a ON a.id = b.author_id WHERE b.pages > 300 OR b.language = 'fr' ORDER BY b.id",
    )
    .await;
    Ok(())
}

/// Whether the server has what 5.7 lacks; where it doesn't, the statement is refused with the capability's name.
async fn has(backend: Backend, library: &Library, query: impl Query, capability: &str) -> bool {
    if backend != Backend::MySql57 {
        return true;
    }
    for error in [library.session().all(&query).await.err().unwrap(), library.session().count(&query).await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(&format!("(its capability `{capability}` is false)")), "{error}");
    }
    false
}

async fn common_table_expressions(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let shelf = shelves().cte("shelf");
    if !has(backend, &library, shelf.select(), "common_table_expressions").await {
        return Ok(());
    }
    let with = "WITH shelf (language, n, longest) AS (SELECT language, count(*), max(pages) FROM book GROUP BY language)";
    same(&library, shelf.select().order_by(Shelf::language.asc()), &format!("{with} SELECT * FROM shelf ORDER BY language")).await;
    // Twice, once under another name; and in a condition.
    let other = shelf.alias("other");
    same(
        &library,
        shelf
            .select()
            .columns((Shelf::language.of(&shelf), Shelf::language.of(&other)))
            .join_alias(&other, Shelf::longest.of(&other).gt(Shelf::longest.of(&shelf))),
        &format!("{with} SELECT a.language, b.language FROM shelf a JOIN shelf b ON b.longest > a.longest"),
    )
    .await;
    let languages = shelf.select().columns(Shelf::language).filter(Shelf::books.gt(2));
    same(
        &library,
        Book::select().columns(Book::title).filter(Book::language.in_(languages.clone())).order_by(Book::id.asc()),
        &format!("{with} SELECT title FROM book WHERE language IN (SELECT language FROM shelf WHERE n > 2) ORDER BY id"),
    )
    .await;
    // One of another one, and a union.
    let long = shelf.select().filter(Shelf::longest.gt(100)).cte("long");
    same(&library, long.select(), &format!("{with} SELECT * FROM shelf WHERE longest > 100")).await;
    same(
        &library,
        shelf.select().union_all(long.select()).order_by(Shelf::language.asc()).order_by(Shelf::books.asc()),
        &format!("{with} SELECT * FROM shelf UNION ALL SELECT * FROM shelf WHERE longest > 100 ORDER BY language, n"),
    )
    .await;
    // What changes rows names it in its filter.
    let session = library.session();
    assert_eq!(session.execute(Review::delete().filter(Review::stars.gt(4))).await?.rows_affected, Some(3));
    let updated = Event::update_all().set(bindery::query::TypedColumn::<crate::library::Dated, i32>::new("year").to(1));
    assert_eq!(session.execute(updated).await?.rows_affected, Some(0));
    let authors = Author::update().set(Author::born.to(1)).filter(Author::name.in_(languages));
    assert_eq!(session.execute(authors).await?.rows_affected, Some(0));
    Ok(())
}

async fn recursive_expressions(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let root = Employee::select().columns((Employee::id, Employee::name, value(0_i64))).filter(Employee::manager_id.is_null());
    let tree = root.into::<Level>().recursive_cte("tree", |tree| {
        let below = tree.select().join_on::<Employee, _>(Employee::manager_id.eq(Level::id));
        below.columns((Employee::id, Employee::name, Level::depth + 1)).into::<Level>()
    });
    if !has(backend, &library, tree.select(), "common_table_expressions").await {
        return Ok(());
    }
    let with = "WITH RECURSIVE tree (id, name, depth) AS (SELECT id, name, 0 FROM employee WHERE manager_id IS NULL
         UNION ALL SELECT e.id, e.name, t.depth + 1 FROM tree t JOIN employee e ON e.manager_id = t.id)";
    same(&library, tree.select().order_by(Level::id.asc()), &format!("{with} SELECT * FROM tree ORDER BY id")).await;
    same(
        &library,
        tree.select().columns((Level::depth, count())).group_by(Level::depth).order_by(Level::depth.desc()),
        &format!("{with} SELECT depth, count(*) FROM tree GROUP BY depth ORDER BY depth DESC"),
    )
    .await;

    // A circle: from each to its boss, and from the boss to each.
    let session = library.session();
    session.execute(Employee::update().set(Employee::manager_id.to(4)).filter(Employee::id.eq(1))).await?;
    let start = Employee::select().columns((Employee::id, Employee::name, value(0_i64))).filter(Employee::id.eq(3)).into::<Level>();
    let circle = start.recursive_cte_distinct("circle", |circle| {
        let boss = circle.select().join_on::<Employee, _>(Employee::manager_id.eq(Level::id));
        boss.columns((Employee::id, Employee::name, Level::depth)).into::<Level>()
    });
    assert_eq!(session.count(circle.select()).await?, 1);
    let start = Employee::select().columns((Employee::id, Employee::name, value(0_i64))).filter(Employee::id.eq(1)).into::<Level>();
    let circle = start.recursive_cte_distinct("circle", |circle| {
        let below = circle.select().join_on::<Employee, _>(Employee::manager_id.eq(Level::id));
        below.columns((Employee::id, Employee::name, Level::depth)).into::<Level>()
    });
    let mut all: Vec<i64> = session.all(circle.select()).await?.into_iter().map(|level| level.id).collect();
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4]);
    Ok(())
}

async fn paths(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    #[derive(FromRow)]
    struct Path {
        id: i64,
        path: String,
        letters: i64,
    }
    let root = Employee::select().columns((Employee::id, Employee::name, Employee::name.length())).filter(Employee::manager_id.is_null());
    let tree = root.into::<Path>().recursive_cte("tree", |tree| {
        let below = tree.select().join_on::<Employee, _>(Employee::manager_id.eq(Path::id));
        below
            .columns((Employee::id, Path::path.concat(" / ").concat(Employee::name), Path::letters + Employee::name.length()))
            .into::<Path>()
    });
    if !has(backend, &library, tree.select(), "common_table_expressions").await {
        return Ok(());
    }
    let paths = library.session().all(tree.select().columns((Path::path, Path::letters)).order_by(Path::id.asc())).await?;
    assert_eq!(paths[2], ("Root / Mid / Leaf".to_owned(), 11));
    // From a text that the table doesn't have, and from one of a few letters.
    for (start, expected) in [(value(""), "/Root/Mid/Leaf"), (value("x"), "x/Root/Mid/Leaf")] {
        let start = Employee::select().columns((value(0_i64), start, value(0_i64))).filter(Employee::manager_id.is_null()).into::<Path>();
        let tree = start.recursive_cte("tree", |tree| {
            let below = tree.select().join_on::<Employee, _>(Employee::manager_id.coalesce(0).eq(Path::id));
            below.columns((Employee::id, Path::path.concat("/").concat(Employee::name), Path::letters + 1)).into::<Path>()
        });
        let deepest = tree.select().columns(Path::path).order_by(Path::letters.desc()).order_by(Path::id.asc());
        assert_eq!(library.session().first(deepest).await?, Some((expected.to_owned(),)));
    }
    Ok(())
}

async fn groups_and_orders_of_expressions(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    // Keys with values in them: to MySQL each is another expression.
    let decade = || Author::born.coalesce(0) / 100;
    same(
        &library,
        Author::select()
            .columns((decade(), count()))
            .group_by(decade())
            .having(count().ge(1))
            .order_by(count().desc())
            .order_by(Author::id.min().asc()),
        &format!(
            "SELECT {}, count(*) FROM author GROUP BY 1 ORDER BY count(*) DESC, min(id)",
            if backend.is_mysql() { "coalesce(born, 0) DIV 100" } else { "coalesce(born, 0) / 100" }
        ),
    )
    .await;
    // NULL stands where it is said, whatever the condition is made of.
    let old = || Author::born.lt(1800);
    for (order, by_hand) in [
        ((!old()).asc().nulls_last(), "CASE WHEN born IS NULL THEN 1 ELSE 0 END, CASE WHEN born < 1800 THEN 0 ELSE 1 END"),
        (
            old().and(Author::born.gt(1700)).desc().nulls_first(),
            "CASE WHEN born IS NULL THEN 0 ELSE 1 END, CASE WHEN born < 1800 AND born > 1700 THEN 0 ELSE 1 END",
        ),
    ] {
        let by_hand = format!("SELECT id, name, born FROM author ORDER BY {by_hand}, id");
        same(&library, Author::select().order_by(order).order_by(Author::id.asc()), &by_hand).await;
    }
    // A union in the order of its view's columns, which are called otherwise than those of its tables.
    #[derive(FromRow)]
    struct Line {
        name: String,
        title: i64,
    }
    let lines = || Book::select().columns((Book::title, Book::id)).into::<Line>();
    let both = || lines().filter(Book::id.le(2)).union(lines().filter(Book::id.ge(5)));
    let ids = async |query: bindery::query::Union<Line, _>| {
        let lines = library.session().all(query).await?;
        Ok::<_, bindery::Error>(lines.into_iter().map(|line| line.title).collect::<Vec<_>>())
    };
    assert_eq!(ids(both().order_by(Line::title.desc())).await?, [6, 5, 2, 1]);
    assert_eq!(ids(both().order_by(Line::name.asc())).await?, [1, 2, 5, 6]);
    // The rows of a limited select, one by one as they stand in it.
    same(
        &library,
        Book::select()
            .columns(Book::title)
            .filter(Book::id.in_(Book::select().columns(Book::id).order_by(Book::id.desc()).limit(2)))
            .order_by(Book::id.asc()),
        "SELECT title FROM book WHERE id >= 5 ORDER BY id",
    )
    .await;
    Ok(())
}

async fn windows(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let nth = row_number().over().partition_by(Book::language).order_by(Book::pages.desc()).order_by(Book::id.asc());
    let numbered =
        Book::select().columns((Book::title, nth, Book::pages.sum().over().partition_by(Book::language))).order_by(Book::id.asc());
    if !has(backend, &library, &numbered, "window_functions").await {
        return Ok(());
    }
    same(
        &library,
        numbered,
        "SELECT title, row_number() OVER (PARTITION BY language ORDER BY pages DESC, id), sum(pages) OVER (PARTITION BY language)
         FROM book ORDER BY id",
    )
    .await;
    // Of groups: which language has most pages.
    same(
        &library,
        Book::select()
            .columns((Book::language, rank().over().order_by(Book::pages.sum().desc())))
            .group_by(Book::language)
            .order_by(Book::language.asc()),
        "SELECT language, rank() OVER (ORDER BY sum(pages) DESC) FROM book GROUP BY language ORDER BY language",
    )
    .await;
    // The longest book of each language, ties included: a window is asked about from outside.
    #[derive(FromRow)]
    struct Placed {
        title: String,
        place: i64,
    }
    let places = rank().over().partition_by(Book::language).order_by(Book::pages.desc());
    let placed = Book::select().columns((Book::title, places)).into::<Placed>().subquery("placed");
    same(
        &library,
        placed.select().columns(Placed::title).filter(Placed::place.eq(1)).order_by(Placed::title.asc()),
        "SELECT title FROM book b WHERE pages = (SELECT max(pages) FROM book WHERE language = b.language) ORDER BY title",
    )
    .await;
    Ok(())
}

async fn updates_with_expressions(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let update = Book::update()
        .set(Book::pages.to(Book::pages + 10))
        .set(Book::title.to(when(Book::language.eq("fr"), Book::title.upper()).otherwise(Book::title.concat("!"))))
        .filter(Book::pages.between(66, 400));
    assert_eq!(session.execute(update).await?.rows_affected, Some(3));
    assert_eq!(
        library.by_hand("SELECT pages, title FROM book WHERE id <= 3 ORDER BY id"),
        match backend {
            // Which letters have two cases is the backend's.
            Backend::MariaDb | Backend::MySql57 => [["76", "Notes!"], ["410", "PENSÉES"], ["310", "LETTRES"]],
            _ => [["76", "Notes!"], ["410", "PENSéES"], ["310", "LETTRES"]],
        }
    );
    let of_reviews = Review::select().columns(Review::stars.max()).filter(Review::book_id.eq(Book::id)).scalar().coalesce(0);
    session.execute(Book::update_all().set(Book::pages.to(of_reviews))).await?;
    assert_eq!(library.by_hand("SELECT pages FROM book ORDER BY id").concat(), ["5", "5", "1", "5", "0", "0"]);
    Ok(())
}

async fn rows_are_locked(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let (session, first) = (library.session(), || Author::select().filter(Author::id.le(2)).order_by(Author::id.asc()));
    if backend == Backend::Sqlite {
        let error = session.all(first().for_update()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("(its capability `row_locks` is false)"), "{error}");
        return Ok(());
    }
    let holder = session.begin().await?;
    assert_eq!(holder.one(first().limit(1).for_update()).await?.id, 1);

    let other = session.begin().await?;
    if backend == Backend::MySql57 {
        for (query, capability) in [(first().for_update().skip_locked(), "skip_locked"), (first().for_share().no_wait(), "no_wait")] {
            let error = other.all(query).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.to_string().contains(&format!("(its capability `{capability}` is false)")), "{error}");
        }
    } else {
        let free: Vec<_> = other.all(first().for_update().skip_locked()).await?.into_iter().map(|author| author.id).collect();
        assert_eq!(free, [2]);
        assert_eq!(other.all(first().for_share().no_wait()).await.unwrap_err().kind(), ErrorKind::Locked);
    }
    drop(other);
    // Who reads without a lock doesn't wait, and who locks does, until the first one has ended.
    assert_eq!(session.all(first()).await?.len(), 2);
    let waiting = session.begin().await?;
    let locks = async {
        let rows = waiting.all(first().for_share()).await?;
        Ok::<_, bindery::Error>(rows.len())
    };
    let ends = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        holder.commit().await
    };
    assert_eq!(tokio::try_join!(locks, ends)?.0, 2);

    // Rows that may not be there are not locked.
    let joined = Author::select().left_join::<Book>().columns((Author::id, Book::id.nullable())).filter(Author::id.eq(4)).for_update();
    assert_eq!(session.begin().await?.all(joined).await?, [(4, None)]);
    Ok(())
}
