use super::found::Found;
use super::schema::Schema;
use super::texts::Texts;
use crate::Result;
use crate::definition::{DomainDefinition, EnumerationDefinition};
use crate::engine::Connection;

/// Name, whether it is an enumeration, labels; of a domain its type, collation, whether NULL is allowed, default.
type Type = (String, bool, Texts, String, Option<String>, bool, Option<String>);

/// Reads enumerations and domains, these as yet without their checks.
pub(super) async fn read(connection: &mut dyn Connection, schema: &Schema, found: &mut Found) -> Result<()> {
    let types: Vec<Type> = schema.rows(connection, include_str!("types.sql")).await?;
    for (name, is_enumeration, Texts(labels), type_name, collation, nullable, default) in types {
        if is_enumeration {
            found.enumerations.push(EnumerationDefinition::new(name, labels));
        } else {
            let mut domain = DomainDefinition::new(name.clone(), type_name);
            (domain.collation, domain.nullable, domain.default) = (collation, nullable, default);
            found.domains.insert(name, domain);
        }
    }
    Ok(())
}
