//! Pages of selects: together they are all rows, each once, in the order that the database's own client gives.

use bindery::prelude::*;
use bindery::query::{Select, rank, row_number};
use bindery::{ErrorKind, Result};

use crate::library::{Author, Backend, Book, Library, Measure, Review, SHELVES, on_each_backend};

on_each_backend! {
    pages_are_all_rows_once,
    groups_have_pages_too,
    a_page_that_is_not_there_is_an_error,
    cursors_go_through_all_rows_both_ways,
    cursors_stand_at_values_of_each_type,
    cursors_stay_where_others_insert_and_delete,
    a_token_that_is_none_is_an_error,
}

async fn pages_are_all_rows_once(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    // Of one language are four and two: without the key behind it, any of them could be on any page.
    let expected = library.by_hand("SELECT id FROM book ORDER BY language DESC, id").concat();
    for size in [1, 2, 4, 5, 6, 100] {
        let books = || Book::select().columns(Book::id).order_by(Book::language.desc());
        let (mut counted, mut uncounted, mut next) = (Vec::new(), Vec::new(), Some(1));
        while let Some(number) = next {
            let page = session.page(books(), number, size).await?;
            assert_eq!((page.number, page.size, page.total, page.pages()), (number, size, Some(6), Some(6_u64.div_ceil(size))));
            assert_eq!(page.previous(), number.checked_sub(1).filter(|&number| number > 0));
            counted.extend(page.items.iter().map(|(id,)| id.to_string()));

            let same = session.page_uncounted(books(), number, size).await?;
            assert_eq!((same.total, same.pages(), same.next()), (None, None, page.next()));
            uncounted.extend(same.items.iter().map(|(id,)| id.to_string()));
            next = page.next();
        }
        assert_eq!((&counted, &uncounted), (&expected, &expected), "{size}");
    }

    // Of joined rows the keys of all tables tell which is which.
    let rows = Review::select().join::<Book>().columns((Book::id, Review::id)).order_by(Book::language.asc());
    let pages = [session.page(rows.clone(), 1, 4).await?.items, session.page(rows, 2, 4).await?.items].concat();
    let expected = library.by_hand("SELECT b.id, r.id FROM review r JOIN book b ON b.id = r.book_id ORDER BY b.language, r.id");
    assert_eq!(pages.iter().map(|(book, review)| vec![book.to_string(), review.to_string()]).collect::<Vec<_>>(), expected);
    Ok(())
}

async fn groups_have_pages_too(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let by_author = Book::select().columns((Book::author_id, count())).group_by(Book::author_id).order_by(count().desc());
    let mut found = Vec::new();
    for number in 1..=4 {
        let page = session.page(by_author.clone(), number, 1).await?;
        assert_eq!(page.total, Some(4));
        found.extend(page.items);
    }
    assert_eq!(found, [(2, 2), (3, 2), (1, 1), (5, 1)]);

    let languages = Book::select().columns(Book::language).distinct();
    assert_eq!(session.page(languages.clone(), 1, 1).await?.items, [("en".to_owned(),)]);
    assert_eq!(session.page(languages, 2, 1).await?.items, [("fr".to_owned(),)]);

    let number = session.page(Book::select().columns(count()), 1, 10).await?;
    assert_eq!((number.next(), number.total, number.items), (None, Some(1), vec![(6,)]));

    // Rows without a key are told apart by all that they have: by the language alone any could be on any page.
    #[derive(FromRow, Debug, PartialEq)]
    struct Title {
        language: String,
        title: String,
    }
    let titles = Book::select().columns((Book::language, Book::title)).into::<Title>().subquery("titles");
    let mut found = Vec::new();
    for number in 1..=6 {
        found.extend(session.page(titles.select().order_by(Title::language.asc()), number, 1).await?.items);
    }
    let expected = library.by_hand("SELECT language, title FROM book ORDER BY language, title");
    assert_eq!(found.into_iter().map(|row| vec![row.language, row.title]).collect::<Vec<_>>(), expected);

    // What has a limit has pages as a subquery.
    let longest = Book::select().order_by(Book::pages.desc()).limit(3).subquery("longest");
    let page = session.page(longest.select().order_by(Book::title.of(&longest).asc()), 2, 2).await?;
    assert_eq!((page.items.len(), page.total), (1, Some(3)));
    Ok(())
}

async fn a_page_that_is_not_there_is_an_error(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    for (number, size, expected, words) in [
        (0, 2, ErrorKind::InvalidStatement, "pages are numbered from 1"),
        (1, 0, ErrorKind::InvalidStatement, "its size is 0"),
        (2, u64::MAX, ErrorKind::InvalidStatement, "beyond"),
        (u64::MAX, 3, ErrorKind::InvalidStatement, "beyond"),
        (4, 2, ErrorKind::NotFound, "page 4 was asked for"),
        (i64::MAX.unsigned_abs(), 1, ErrorKind::NotFound, "was asked for"),
    ] {
        for asked in [session.page(Book::select(), number, size).await, session.page_uncounted(Book::select(), number, size).await] {
            let error = asked.map(|page| page.items.len()).unwrap_err();
            assert_eq!((error.kind(), error.table()), (expected, Some("book")), "{number} {size}: {error}");
            assert!(error.to_string().contains(words) && error.to_string().contains("bind `default`"), "{error}");
        }
    }
    for limited in [Book::select().limit(3), Book::select().offset(3)] {
        let error = session.page(limited, 1, 2).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement);
        assert!(error.to_string().contains("subquery"), "{error}");
    }
    let none = session.page(Book::select().filter(Book::pages.lt(0)), 1, 2).await?;
    assert_eq!((none.items.len(), none.total, none.pages(), none.next(), none.previous()), (0, Some(0), Some(1), None, None));
    Ok(())
}

/// All rows, forwards from the first page and then back from the last one, in pages of this size.
async fn walk<R: Clone + Send + 'static, B>(library: &Library, select: &Select<R, B>, size: u64) -> Result<[Vec<R>; 2]> {
    let session = library.session();
    let mut page = session.cursor_page(select.clone(), None, size).await?;
    assert_eq!(page.previous, None);
    let mut there = page.items.clone();
    while let Some(next) = &page.next {
        page = session.cursor_page(select.clone(), Some(next), size).await?;
        there.extend(page.items.clone());
    }
    let mut back = page.items.clone();
    while let Some(previous) = &page.previous {
        page = session.cursor_page(select.clone(), Some(previous), size).await?;
        back.splice(0..0, page.items.clone());
    }
    Ok([there, back])
}

async fn cursors_go_through_all_rows_both_ways(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let born = Author::born;
    let authors = || Author::select().columns(Author::id);
    let (first, last) = ("CASE WHEN born IS NULL THEN 0 ELSE 1 END", "CASE WHEN born IS NULL THEN 1 ELSE 0 END");
    // Where the server puts the NULLs, if nothing is said.
    let (ascending, descending) = if backend == Backend::Postgres { (last, first) } else { (first, last) };
    for (select, order) in [
        (authors(), "id".to_owned()),
        (authors().order_by(Author::id.desc()), "id DESC".to_owned()),
        (authors().order_by(born.asc()), format!("{ascending}, born, id")),
        (authors().order_by(born.desc()), format!("{descending}, born DESC, id")),
        (authors().order_by(born.asc().nulls_first()), format!("{first}, born, id")),
        (authors().order_by(born.asc().nulls_last()), format!("{last}, born, id")),
        (authors().order_by(born.desc().nulls_first()), format!("{first}, born DESC, id")),
        (authors().order_by(born.desc().nulls_last()), format!("{last}, born DESC, id")),
        (authors().order_by(Author::name.lower().asc()).order_by(born.asc().nulls_first()), format!("lower(name), {first}, born, id")),
    ] {
        let expected = library.by_hand(&format!("SELECT id FROM author ORDER BY {order}")).concat();
        for size in [1, 2, 3, 100] {
            for found in walk(&library, &select, size).await? {
                assert_eq!(found.iter().map(|(id,)| id.to_string()).collect::<Vec<_>>(), expected, "{order}, {size}");
            }
        }
    }

    // Whole rows, in the order of text with ties, and of what isn't selected; the filter stays.
    for (books, order) in [
        (Book::select().order_by(Book::title.desc()).filter(Book::pages.gt(1)), "title DESC"),
        (Book::select().order_by(Book::language.asc()).order_by(Book::pages.desc()).filter(Book::pages.gt(1)), "language, pages DESC, id"),
    ] {
        let all = library.session().all(books.clone().order_by(Book::id.asc())).await?;
        let expected = library.by_hand(&format!("SELECT id FROM book WHERE pages > 1 ORDER BY {order}")).concat();
        assert_eq!(all.iter().map(|book| book.id.to_string()).collect::<Vec<_>>(), expected);
        for found in walk(&library, &books, 2).await? {
            assert_eq!(found, all);
        }
    }

    // Joined rows, some without a partner, and groups in the order of an aggregate.
    let left =
        Book::select().left_join::<Review>().columns((Book::id, Review::stars.nullable())).order_by(Review::stars.desc().nulls_last());
    let expected = library.by_hand(
        "SELECT b.id, r.stars FROM book b LEFT JOIN review r ON r.book_id = b.id
         ORDER BY CASE WHEN r.stars IS NULL THEN 1 ELSE 0 END, r.stars DESC, b.id, r.id",
    );
    for found in walk(&library, &left, 2).await? {
        assert_eq!(
            found.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>(),
            expected.iter().map(|row| row[0].clone()).collect::<Vec<_>>()
        );
    }
    let groups = Book::select().columns((Book::author_id, count())).group_by(Book::author_id).order_by(count().desc());
    for found in walk(&library, &groups, 1).await? {
        assert_eq!(found, [(2, 2), (3, 2), (1, 1), (5, 1)]);
    }
    // The last of these groups has no value by which it could be told.
    let by_birth = Author::select().columns((born, count())).group_by(born).order_by(born.desc().nulls_last());
    for found in walk(&library, &by_birth, 2).await? {
        assert_eq!(found, [(Some(2000), 1), (Some(1815), 1), (Some(1706), 1), (Some(1623), 1), (None, 1)]);
    }
    // A window function makes one row of none: the keys tell them apart.
    if backend != Backend::MySql57 {
        let ranked = Book::select().columns((Book::id, rank().over().order_by(Book::language.asc()))).order_by(Book::language.asc());
        let expected = [(1, 1), (6, 1), (2, 3), (3, 3), (4, 3), (5, 3)];
        let session = library.session();
        let pages = [session.page(ranked.clone(), 1, 3).await?.items, session.page(ranked, 2, 3).await?.items].concat();
        assert_eq!(pages, expected);
    }
    let shelves = SHELVES.select().order_by(SHELVES.col::<String>("room").desc());
    for found in walk(&library, &shelves, 2).await? {
        let ids = found.iter().map(|shelf| shelf.get::<i64>("id")).collect::<Result<Vec<_>>>()?;
        assert_eq!((ids.as_slice(), found[0].columns().len()), ([2, 1, 3].as_slice(), 2));
    }
    Ok(())
}

async fn cursors_stand_at_values_of_each_type(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let widest = if backend.is_mysql() { u64::MAX } else { i64::MAX.unsigned_abs() };
    // Two of each value, near ones, below and above zero.
    let day = chrono::NaiveDate::from_ymd_opt(1999, 12, 28).unwrap();
    let measures = (0..12_i64).map(|id| {
        let step = (id * 5 % 12) / 2;
        let hour = chrono::NaiveTime::from_hms_micro_opt(9 + u32::try_from(step).unwrap(), 59, 59, 999_999 - u32::try_from(step).unwrap());
        let local = (day + chrono::Days::new(u64::try_from(step).unwrap())).and_time(hour.unwrap());
        Measure {
            id,
            price: rust_decimal::Decimal::new(step * 95_000 - 190_000, 4),
            ratio: 0.1 * f64::from(i32::try_from(step).unwrap()) - 0.2,
            small: 0.1 * f32::from(i16::try_from(step).unwrap()),
            open: step % 2 == 0,
            day: local.date(),
            hour: local.time(),
            local,
            at: (step != 3).then_some(local.and_utc()),
            code: uuid::Uuid::from_u128(u128::MAX / 7 * u128::try_from(step).unwrap()),
            large: widest / 10 * u64::try_from(step).unwrap(),
        }
    });
    session.execute(Measure::insert(measures)).await?;

    let orders = || {
        [
            ("price", Measure::price.asc(), Measure::price.desc()),
            ("ratio", Measure::ratio.asc(), Measure::ratio.desc()),
            ("small", Measure::small.asc(), Measure::small.desc()),
            ("day", Measure::day.asc(), Measure::day.desc()),
            ("hour", Measure::hour.asc(), Measure::hour.desc()),
            ("local", Measure::local.asc(), Measure::local.desc()),
            ("at", Measure::at.asc(), Measure::at.desc()),
            ("code", Measure::code.asc(), Measure::code.desc()),
            ("large", Measure::large.asc(), Measure::large.desc()),
            ("open", Measure::open.asc(), Measure::open.desc()),
        ]
    };
    for (column, ascending, descending) in orders() {
        for order in [ascending, descending] {
            let select = Measure::select().order_by(order);
            // The order itself is the server's; that a cursor keeps to it is what is asked.
            let all = session.all(select.clone().order_by(Measure::id.asc())).await?;
            for found in walk(&library, &select, 1).await? {
                assert_eq!(found, all, "{column}");
            }
        }
    }
    Ok(())
}

async fn cursors_stay_where_others_insert_and_delete(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let authors = || Author::select().order_by(Author::id.asc());
    let ids = |page: &[Author]| page.iter().map(|author| author.id).collect::<Vec<_>>();
    let second = session.cursor_page(authors().filter(Author::id.gt(1)), None, 2).await?;
    assert_eq!(ids(&second.items), [2, 3]);

    // A row before the cursor, which moves every page by number, and the row on which it stands.
    session.execute(raw("default", "INSERT INTO author (id, name, born) VALUES (-1, 'New', 1)")).await?;
    session.execute(raw("default", "DELETE FROM review WHERE author_id = 3")).await?;
    session.execute(raw("default", "DELETE FROM review WHERE book_id IN (4, 5)")).await?;
    session.execute(raw("default", "DELETE FROM book WHERE author_id = 3")).await?;
    session.execute(raw("default", "DELETE FROM author WHERE id = 3")).await?;
    let third = session.cursor_page(authors(), second.next.as_deref(), 2).await?;
    assert_eq!((ids(&third.items), &third.next), (vec![4, 5], &None));
    let back = session.cursor_page(authors(), third.previous.as_deref(), 2).await?;
    assert_eq!(ids(&back.items), [1, 2]);
    let first = session.cursor_page(authors(), back.previous.as_deref(), 2).await?;
    assert_eq!((ids(&first.items), &first.previous), (vec![-1], &None));
    Ok(())
}

async fn a_token_that_is_none_is_an_error(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let by_title = || Book::select().order_by(Book::title.asc());
    let token = session.cursor_page(by_title(), None, 2).await?.next.unwrap();
    for wrong in ["", "2", "x'; DROP TABLE book; --", &token[2..], &token[..token.len() - 2]] {
        let error = session.cursor_page(by_title(), Some(wrong), 2).await.unwrap_err();
        assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidStatement, Some("book")), "{error}");
        assert!(error.to_string().contains("the token of the page is"), "{error}");
    }
    for other in [
        Book::select(),
        by_title().order_by(Book::pages.asc()),
        Book::select().order_by(Book::title.desc()),
        Book::select().order_by(Book::title.asc().nulls_last()),
        Book::select().order_by(Book::language.asc()),
        by_title().order_by(Book::pages.gt(2).asc()),
    ] {
        let error = session.cursor_page(other, Some(&token), 2).await.unwrap_err();
        assert!(error.to_string().contains("of another select"), "{error}");
    }
    // Of the same text, with another value in it.
    let by_length = |least| Book::select().order_by(Book::pages.gt(least).asc());
    let token = session.cursor_page(by_length(300), None, 2).await?.next.unwrap();
    let error = session.cursor_page(by_length(400), Some(&token), 2).await.unwrap_err();
    assert!(error.to_string().contains("of another select"), "{error}");
    for (select, words) in [
        (by_title().limit(3), "limit"),
        (by_title().distinct(), "made of several"),
        (by_title().order_by(row_number().over().order_by(Book::id.asc()).asc()), "window"),
        (by_title().subquery("some").select(), "primary key"),
    ] {
        let error = session.cursor_page(select, None, 2).await.unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidStatement && error.to_string().contains(words), "{error}");
    }
    assert_eq!(session.cursor_page(by_title(), None, 0).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    Ok(())
}
