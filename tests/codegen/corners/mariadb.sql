CREATE TABLE `select` (`type` int NOT NULL AUTO_INCREMENT PRIMARY KEY, `self` text NOT NULL, `Group By` varchar(20) NOT NULL DEFAULT 'it''s' COMMENT 'a column''s, which goes on for so long that no formatter would leave it on the line where it was',
    `größe` double, `a"b` varchar(10) CHARACTER SET latin1 COLLATE latin1_bin, `select` tinyint(1) NOT NULL DEFAULT 0, KEY ix_select_self (`self`(10))) COMMENT 'a "quoted" comment, it''s\nof two lines \\ and a backslash';
CREATE TABLE new_select (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, `fooBar` int, foo_bar int, UNIQUE KEY uq_new_select_foo_bar (foo_bar), UNIQUE KEY both_of_them (`fooBar`, foo_bar)) COLLATE utf8mb4_bin;
CREATE TABLE orders (shop int NOT NULL, number bigint NOT NULL, `before` int, id int UNIQUE, PRIMARY KEY (shop, number), KEY same_name (id), CONSTRAINT itself FOREIGN KEY (`before`) REFERENCES orders (id) ON DELETE SET NULL);
CREATE TABLE `order lines` (shop int NOT NULL, number bigint NOT NULL, line smallint NOT NULL, PRIMARY KEY (number, shop, line), KEY same_name (shop, number),
    CONSTRAINT of_order FOREIGN KEY (shop, number) REFERENCES orders (shop, number) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE chickens (id int NOT NULL PRIMARY KEY, egg int NOT NULL);
CREATE TABLE eggs (id int NOT NULL PRIMARY KEY, chicken int, CONSTRAINT fk_eggs_chicken_chickens FOREIGN KEY (chicken) REFERENCES chickens (id) ON DELETE SET NULL);
ALTER TABLE chickens ADD CONSTRAINT fk_chickens_egg_eggs FOREIGN KEY (egg) REFERENCES eggs (id);
CREATE TABLE keyless (a int CHECK (a < 1000), b varchar(20), c enum('a','it''s','2 b','') NOT NULL DEFAULT 'a', `order` int, CHECK (a > 0), CONSTRAINT named CHECK (b <> 'it''s'), FULLTEXT KEY words (b), UNIQUE KEY prefixed (b(3)));
CREATE TABLE computed (id int NOT NULL PRIMARY KEY, price int NOT NULL, twice int GENERATED ALWAYS AS (price * 2) STORED, thrice int GENERATED ALWAYS AS (price * 3) VIRTUAL, KEY ix_computed_price (price));
CREATE TABLE kinds (id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, a tinyint(1), b tinyint, c tinyint unsigned, d smallint, e smallint unsigned, f mediumint, g int, h int unsigned, i bigint, j bigint unsigned, k float, l double,
    m longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, n varchar(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, o longblob, p decimal(65, 30), q decimal(5, 2), r date, s time(6), t datetime(6), u datetime DEFAULT CURRENT_TIMESTAMP,
    v timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, w timestamp NULL, x json, y year, z bit(8), aa bit(1), ab point, ac set('read','write'), ad binary(16), ae enum('small','large') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'small', af int(5) unsigned zerofill, ag char(5), ah varbinary(20));
CREATE TABLE engines (id int NOT NULL PRIMARY KEY) ENGINE=MyISAM ROW_FORMAT=FIXED;
CREATE VIEW busy AS SELECT a AS `type`, b, c FROM keyless;
