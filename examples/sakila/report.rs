//! The answers as aligned tables.

use bindery::Result;
use bindery::prelude::*;
use comfy_table::{CellAlignment, Table, presets};

use crate::questions::{best_customers, most_rented_films, revenue_by_category, rows_per_table, total_payments};

/// Every question with its answer.
pub(crate) async fn answers(databases: &Databases) -> Result<String> {
    let session = databases.session();
    let mut report = String::new();

    let mut table = heading(["bind", "table", "rows"]);
    for (bind, name, rows) in rows_per_table(databases).await? {
        table.add_row([bind.to_string(), name.to_owned(), rows.to_string()]);
    }
    section(&mut report, "Rows per table and bind", &table);

    let (payments, total) = total_payments(&session).await?;
    let mut table = heading(["payments", "total"]);
    table.add_row([payments.to_string(), total.to_string()]);
    section(&mut report, "Total payments", &table);

    let mut table = heading(["customer", "email", "paid"]);
    for (customer, paid) in best_customers(&session, 5).await? {
        table.add_row([format!("{} {}", customer.first_name, customer.last_name), customer.email.unwrap_or_default(), paid.to_string()]);
    }
    section(&mut report, "The five customers who paid most", &table);

    let mut table = heading(["category", "revenue"]);
    for (category, revenue) in revenue_by_category(&session).await? {
        table.add_row([category, revenue.to_string()]);
    }
    section(&mut report, "Revenue by film category", &table);

    let mut table = heading(["film", "rentals"]);
    for (film, rentals) in most_rented_films(&session, 5).await? {
        table.add_row([film.title, rentals.to_string()]);
    }
    section(&mut report, "The five most rented films", &table);
    Ok(report)
}

fn heading<const N: usize>(names: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(names);
    if let Some(numbers) = table.column_mut(N - 1) {
        numbers.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn section(report: &mut String, title: &str, table: &Table) {
    report.push_str(&format!("\n{title}\n{}\n", table.trim_fmt()));
}
