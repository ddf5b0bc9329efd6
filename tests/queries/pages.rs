//! Pages of selects: together they are all rows, each once, in the order that the database's own client gives.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::library::{Backend, Book, Library, Review, on_each_backend};

on_each_backend! {
    pages_are_all_rows_once,
    groups_have_pages_too,
    a_page_that_is_not_there_is_an_error,
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
