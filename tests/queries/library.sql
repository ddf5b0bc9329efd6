INSERT INTO author (id, name, born) VALUES
    (1, 'Ada', 1815), (2, 'Blaise', 1623), (3, 'Émilie', 1706), (4, 'ada', NULL), (5, '100%_\', 2000);
INSERT INTO book (id, author_id, title, pages, language) VALUES
    (1, 1, 'Notes', 66, 'en'), (2, 2, 'Pensées', 400, 'fr'), (3, 2, 'Lettres', 300, 'fr'), (4, 3, 'Institutions', 450, 'fr'),
    (5, 3, 'Principes', 450, 'fr'), (6, 5, 'notes', 1, 'en');
INSERT INTO review (id, book_id, author_id, stars) VALUES
    (1, 1, 2, 5), (2, 2, 1, 4), (3, 2, 3, 5), (4, 3, NULL, 1), (5, 4, 1, 3), (6, 4, 2, 5);
INSERT INTO employee (id, name, manager_id) VALUES (1, 'Root', NULL), (2, 'Mid', 1), (3, 'Leaf', 2), (4, 'Leaf', 2);
INSERT INTO shelves (id, room) VALUES (1, 'north'), (2, 'south'), (3, 'north');
