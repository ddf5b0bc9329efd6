//! What a database has beside tables and views, with the statement that makes it, without its DEFINER.

use super::reader::{Reader, grouped, is_here, quote};
use super::sql_text::literal;
use crate::Result;
use crate::definition::OtherDefinition;

/// A row of `information_schema.routines`.
type Routine = (String, String, Option<String>, String, String, String, Option<String>);
/// A row of `information_schema.events`.
type Event = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<String>,
);

impl Reader<'_> {
    /// Triggers, routines, events and sequences.
    pub(super) async fn programs(&mut self) -> Result<Vec<OtherDefinition>> {
        let mut programs = self.triggers().await?;
        programs.extend(self.routines().await?);
        programs.extend(self.events().await?);
        if self.server.is_mariadb {
            programs.extend(self.sequences().await?);
        }
        Ok(programs)
    }

    async fn triggers(&mut self) -> Result<Vec<OtherDefinition>> {
        let sql = format!(
            "SELECT trigger_name, action_timing, event_manipulation, event_object_table, action_statement FROM information_schema.triggers \
             WHERE {} ORDER BY event_object_table, action_timing, event_manipulation, action_order",
            is_here("trigger_schema")
        );
        let triggers = self.rows::<(String, String, String, String, Option<String>)>(&sql).await?;
        let of_event = grouped(triggers.into_iter().map(|(name, timing, event, table, body)| ((table, timing, event), (name, body))));
        let mut made = Vec::new();
        for ((table, timing, event), triggers) in of_event {
            let mut follows = String::new();
            for (name, body) in triggers {
                let (quoted, on) = (quote(&name), quote(&table));
                let body = body.unwrap_or_default();
                let sql = format!("CREATE TRIGGER {quoted} {timing} {event} ON {on} FOR EACH ROW{follows} {body}");
                let mut trigger = OtherDefinition::new("trigger", name, sql);
                trigger.table = Some(table.clone());
                made.push(trigger);
                follows = format!(" FOLLOWS {quoted}");
            }
        }
        Ok(made)
    }

    async fn routines(&mut self) -> Result<Vec<OtherDefinition>> {
        let sql = format!(
            "SELECT specific_name, routine_type, ordinal_position, parameter_mode, parameter_name, dtd_identifier, character_set_name, \
            collation_name \
             FROM information_schema.parameters WHERE {} ORDER BY specific_name, routine_type, ordinal_position",
            is_here("specific_schema")
        );
        type Parameter = (String, String, i64, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);
        let parameters =
            self.rows::<Parameter>(&sql).await?.into_iter().map(|(routine, kind, position, mode, name, type_name, charset, collation)| {
                let charset = charset.zip(collation).map(|(charset, collation)| format!(" CHARACTER SET {charset} COLLATE {collation}"));
                let type_name = format!("{}{}", type_name.unwrap_or_default(), charset.unwrap_or_default());
                ((routine, kind), (position, mode.unwrap_or_default(), name.unwrap_or_default(), type_name))
            });
        let mut parameters = grouped(parameters);
        let sql = format!(
            "SELECT routine_name, routine_type, routine_definition, is_deterministic, sql_data_access, security_type, routine_comment \
             FROM information_schema.routines WHERE {}",
            is_here("routine_schema")
        );
        let routines = self.rows::<Routine>(&sql).await?.into_iter().map(|(name, kind, body, deterministic, access, security, comment)| {
            let (mut given, mut returned) = (Vec::new(), String::new());
            for (position, mode, parameter, type_name) in parameters.remove(&(name.clone(), kind.clone())).unwrap_or_default() {
                // The first of a function's is what it gives.
                match (position, kind.as_str()) {
                    (0, _) => returned = format!(" RETURNS {type_name}"),
                    (_, "FUNCTION") => given.push(format!("{} {type_name}", quote(&parameter))),
                    _ => given.push(format!("{mode} {} {type_name}", quote(&parameter))),
                }
            }
            let mut sql = format!("CREATE {kind} {}", quote(&name));
            // A package of MariaDB's has none.
            if matches!(kind.as_str(), "FUNCTION" | "PROCEDURE") {
                sql.push_str(&format!("({}){returned}", given.join(", ")));
            }
            if deterministic == "YES" {
                sql.push_str(" DETERMINISTIC");
            }
            if access != "CONTAINS SQL" {
                sql.push_str(&format!(" {access}"));
            }
            if security != "DEFINER" {
                sql.push_str(&format!(" SQL SECURITY {security}"));
            }
            sql.push_str(&comment_of(comment));
            sql.push_str(&format!(" {}", body.unwrap_or_default()));
            OtherDefinition::new(kind.to_ascii_lowercase(), name, sql)
        });
        Ok(routines.collect())
    }

    async fn events(&mut self) -> Result<Vec<OtherDefinition>> {
        // Without a start an event starts when it is made, which is no two events' same moment.
        let sql = format!(
            "SELECT event_name, CAST(execute_at AS CHAR), interval_value, interval_field, \
             IF(starts IN (created, last_altered), NULL, CAST(starts AS CHAR)), CAST(ends AS CHAR), on_completion, status, event_comment, \
             event_definition \
             FROM information_schema.events WHERE {}",
            is_here("event_schema")
        );
        let events = self.rows::<Event>(&sql).await?.into_iter().map(
            |(name, at, interval, unit, starts, ends, completion, status, comment, body)| {
                let mut sql = format!("CREATE EVENT {} ON SCHEDULE", quote(&name));
                if let Some(at) = at {
                    sql.push_str(&format!(" AT {}", literal(&at)));
                }
                if let Some((interval, unit)) = interval.zip(unit) {
                    sql.push_str(&format!(" EVERY {interval} {unit}"));
                }
                for (word, moment) in [("STARTS", starts), ("ENDS", ends)] {
                    if let Some(moment) = moment {
                        sql.push_str(&format!(" {word} {}", literal(&moment)));
                    }
                }
                if completion != "NOT PRESERVE" {
                    sql.push_str(&format!(" ON COMPLETION {completion}"));
                }
                sql.push_str(match status.as_str() {
                    "ENABLED" => "",
                    "DISABLED" => " DISABLE",
                    _ => " DISABLE ON SLAVE",
                });
                sql.push_str(&format!("{} DO {}", comment_of(comment), body.unwrap_or_default()));
                OtherDefinition::new("event", name, sql)
            },
        );
        Ok(events.collect())
    }

    async fn sequences(&mut self) -> Result<Vec<OtherDefinition>> {
        let sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'SEQUENCE'";
        let mut sequences = Vec::new();
        for name in self.rows::<String>(sql).await? {
            let sql = self.shown("SEQUENCE", &name).await?;
            sequences.push(OtherDefinition::new("sequence", name, sql));
        }
        Ok(sequences)
    }
}

fn comment_of(comment: Option<String>) -> String {
    comment.filter(|comment| !comment.is_empty()).map(|comment| format!(" COMMENT {}", literal(&comment))).unwrap_or_default()
}
