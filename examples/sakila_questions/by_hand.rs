//! The same questions in SQL, written by hand, with what each backend has words of its own for.

use crate::place::Backend;

/// The words that differ.
struct Words {
    /// the first day of a moment's month, and the Monday of its week
    month: fn(&str) -> String,
    week: fn(&str) -> String,
    day: fn(&str) -> String,
    seconds: fn(&str) -> String,
    /// with two places behind the point
    money: fn(&str) -> String,
    concat: fn(&str, &str) -> String,
    /// the whole part of a quotient
    quotient: fn(&str, &str) -> String,
    average: fn(&str) -> String,
}

fn words(backend: Backend) -> Words {
    match backend {
        Backend::Sqlite => Words {
            month: |x| format!("strftime('%Y-%m-01', {x})"),
            week: |x| format!("date({x}, '-6 days', 'weekday 1')"),
            day: |x| format!("date({x})"),
            seconds: |x| format!("CAST(strftime('%s', {x}) AS integer)"),
            money: |x| format!("printf('%.2f', {x})"),
            concat: |a, b| format!("{a} || ' ' || {b}"),
            quotient: |a, b| format!("({a}) / ({b})"),
            average: |x| format!("avg({x})"),
        },
        Backend::Postgres => Words {
            month: |x| format!("to_char({x}, 'YYYY-MM-01')"),
            week: |x| format!("date_trunc('week', {x})::date"),
            day: |x| format!("({x})::date"),
            seconds: |x| format!("extract(epoch from {x})::bigint"),
            money: |x| format!("to_char({x}, 'FM999999990.00')"),
            concat: |a, b| format!("{a} || ' ' || {b}"),
            quotient: |a, b| format!("({a}) / ({b})"),
            average: |x| format!("avg({x})::double precision"),
        },
        Backend::MariaDb => Words {
            month: |x| format!("date_format({x}, '%Y-%m-01')"),
            week: |x| format!("date(date_sub({x}, interval weekday({x}) day))"),
            day: |x| format!("date({x})"),
            seconds: |x| format!("timestampdiff(second, '1970-01-01', {x})"),
            money: |x| format!("cast({x} as decimal(20, 2))"),
            concat: |a, b| format!("concat({a}, ' ', {b})"),
            quotient: |a, b| format!("({a}) DIV ({b})"),
            average: |x| format!("avg({x} + 0e0)"),
        },
    }
}

/// Each question, and its SQL.
pub(crate) fn questions(backend: Backend) -> [(&'static str, String); 12] {
    let Words { month, week, day, seconds, money, concat, quotient, average } = words(backend);
    let (month, week) = (month("payment_date"), week("p.payment_date"));
    let (rental_day, other_day) = (day("r.rental_date"), day("o.rental_date"));
    let films_of_rentals = "rental r JOIN inventory i ON i.inventory_id = r.inventory_id JOIN film_category fc ON fc.film_id = i.film_id
         JOIN category c ON c.category_id = fc.category_id";
    [
        (
            "the ten best customers of each month",
            format!(
                "SELECT m.month, m.place, c.last_name, {} FROM (
                     SELECT {month} AS month, customer_id, sum(amount) AS paid,
                            row_number() OVER (PARTITION BY {month} ORDER BY sum(amount) DESC, customer_id) AS place
                     FROM payment GROUP BY {month}, customer_id) m
                 JOIN customer c ON c.customer_id = m.customer_id WHERE m.place <= 10 ORDER BY m.month, m.place",
                money("m.paid")
            ),
        ),
        (
            "films never rented",
            "SELECT title FROM film WHERE film_id NOT IN (SELECT i.film_id FROM inventory i JOIN rental r ON r.inventory_id = i.inventory_id)
             ORDER BY title"
                .to_owned(),
        ),
        (
            "rentals overdue on 1 August 2005, with the customer's telephone",
            format!(
                "SELECT r.rental_id, {}, a.phone, f.title FROM rental r JOIN inventory i ON i.inventory_id = r.inventory_id
                 JOIN film f ON f.film_id = i.film_id JOIN customer c ON c.customer_id = r.customer_id JOIN address a ON a.address_id = c.address_id
                 WHERE {} + f.rental_duration * 86400 < {} AND (r.return_date IS NULL OR r.return_date >= '2005-08-01 00:00:00')
                 ORDER BY r.rental_id",
                concat("c.first_name", "c.last_name"),
                seconds("r.rental_date"),
                1_122_854_400, // 2005-08-01
            ),
        ),
        (
            "pairs of actors who played together most often",
            "SELECT a.actor_id, a.last_name, b.actor_id, b.last_name, n FROM (
                 SELECT x.actor_id AS x, y.actor_id AS y, count(*) AS n FROM film_actor x JOIN film_actor y ON x.film_id = y.film_id
                 WHERE x.actor_id < y.actor_id GROUP BY x.actor_id, y.actor_id) pair
             JOIN actor a ON a.actor_id = x JOIN actor b ON b.actor_id = y ORDER BY n DESC, x, y LIMIT 10"
                .to_owned(),
        ),
        (
            "revenue by store, category and week, with a running total",
            format!(
                "SELECT store_id, name, week, {}, {} FROM (
                     SELECT i.store_id, c.name, {week} AS week, sum(p.amount) AS paid
                     FROM payment p JOIN {} ON p.rental_id = r.rental_id GROUP BY i.store_id, c.name, {week}) weekly
                 ORDER BY store_id, name, week",
                money("paid"),
                money("sum(paid) OVER (PARTITION BY store_id, name ORDER BY week)"),
                films_of_rentals.replacen("rental r JOIN", "(rental r JOIN", 1) + ")",
            ),
        ),
        (
            "each customer's first and latest rental, and the days between",
            format!(
                "SELECT c.customer_id, {}, {}, {} FROM customer c LEFT JOIN rental r ON r.customer_id = c.customer_id
                 GROUP BY c.customer_id ORDER BY c.customer_id",
                day("min(r.rental_date)"),
                day("max(r.rental_date)"),
                quotient(&format!("{} - {}", seconds("max(r.rental_date)"), seconds("min(r.rental_date)")), "86400"),
            ),
        ),
        (
            "the median rental time by category",
            format!(
                "SELECT name, {} FROM (
                     SELECT c.name, {time} AS seconds, row_number() OVER (PARTITION BY c.name ORDER BY {time}) AS place,
                            count(*) OVER (PARTITION BY c.name) AS n FROM {films_of_rentals} WHERE r.return_date IS NOT NULL) timed
                 WHERE 2 * place BETWEEN n AND n + 2 GROUP BY name ORDER BY name",
                average("seconds"),
                time = format_args!("({} - {})", seconds("r.return_date"), seconds("r.rental_date")),
            ),
        ),
        (
            "films longer than their category's average",
            "SELECT c.name, f.title, f.length FROM film f JOIN film_category fc ON fc.film_id = f.film_id
             JOIN category c ON c.category_id = fc.category_id
             JOIN (SELECT category_id, avg(length) AS average FROM film JOIN film_category ON film_category.film_id = film.film_id
                   GROUP BY category_id) a ON a.category_id = fc.category_id
             WHERE f.length > a.average ORDER BY c.name, f.title"
                .to_owned(),
        ),
        (
            "inventory on the shelf by store",
            "SELECT store_id, count(*), sum(CASE WHEN inventory_id IN (SELECT inventory_id FROM rental WHERE return_date IS NULL) THEN 0 ELSE 1 END)
             FROM inventory GROUP BY store_id ORDER BY store_id"
                .to_owned(),
        ),
        (
            "cities with customers but no store, by country",
            "SELECT co.country, ci.city FROM city ci JOIN country co ON co.country_id = ci.country_id
             WHERE ci.city_id IN (SELECT a.city_id FROM customer c JOIN address a ON a.address_id = c.address_id)
             AND ci.city_id NOT IN (SELECT a.city_id FROM store s JOIN address a ON a.address_id = s.address_id)
             ORDER BY co.country, ci.city, ci.city_id"
                .to_owned(),
        ),
        (
            "customers linked by films rented on the same day, three steps deep",
            format!(
                "WITH RECURSIVE link AS (SELECT DISTINCT r.customer_id AS a, o.customer_id AS b FROM rental r
                     JOIN inventory i ON i.inventory_id = r.inventory_id JOIN inventory j ON j.film_id = i.film_id
                     JOIN rental o ON o.inventory_id = j.inventory_id WHERE {rental_day} = {other_day} AND r.customer_id <> o.customer_id),
                 chain AS (SELECT 1 AS customer, 0 AS steps UNION SELECT link.b, chain.steps + 1 FROM chain JOIN link ON link.a = chain.customer
                     WHERE chain.steps < 3)
                 SELECT customer, min(steps) FROM chain GROUP BY customer ORDER BY min(steps), customer"
            ),
        ),
        (
            "the third most rented film of each category, ties included",
            format!(
                "SELECT name, title, n FROM (
                     SELECT c.name, f.title, count(*) AS n, dense_rank() OVER (PARTITION BY c.name ORDER BY count(*) DESC) AS place
                     FROM {films_of_rentals} JOIN film f ON f.film_id = i.film_id GROUP BY c.name, f.title) ranked
                 WHERE place = 3 ORDER BY name, title"
            ),
        ),
    ]
}
