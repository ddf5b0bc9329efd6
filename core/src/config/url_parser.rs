//! Reads a [`DatabaseUrl`]. Not the `url` crate: that has no room for several hosts, and normalizes the path of
//! `sqlite:///file:name.db` and of `sqlite:////abs/../x.db`.

use percent_encoding::percent_decode_str;

use super::database_url::{DatabaseUrl, Host, malformed};
use crate::Result;

pub(super) fn parse(text: &str) -> Result<DatabaseUrl> {
    if text.trim() != text {
        return Err(malformed("it begins or ends with white space"));
    }
    let (scheme, rest) = text.split_once("://").ok_or_else(|| malformed("it has no `://` after a scheme, as in `sqlite:///notes.db`"))?;
    let mut url = DatabaseUrl::new(scheme)?;

    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    // `user:p/w@host/db`: refused, else a piece of the password would pass for the name of a database, which messages show.
    if !authority.is_empty() && path.contains('@') {
        return Err(malformed("an `@` stands in its path: a `/` in a user or password is written `%2F`, an `@` in a path `%40`"));
    }

    let (login, hosts) = authority.rsplit_once('@').map_or((None, authority), |(login, hosts)| (Some(login), hosts));
    if let Some(login) = login {
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        url = url.with_user(decoded(user)?);
        if let Some(password) = password {
            url = url.with_password(decoded(password)?);
        }
    }
    if !hosts.is_empty() {
        for host in hosts.split(',') {
            let (name, port) = parse_host(host)?;
            url = url.with_host(name, port)?;
        }
    }
    url = url.with_path(decoded(path)?);
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        // As in a form: SQLAlchemy writes a space so.
        let parameter = parameter.replace('+', " ");
        let (name, value) = parameter.split_once('=').unwrap_or((&parameter, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        if url.parameter(&name).is_some() {
            return Err(malformed("one of its query parameters is given twice"));
        }
        url = url.with_parameter(name, value);
    }
    Ok(url)
}

fn parse_host(text: &str) -> Result<(String, Option<u16>)> {
    let (name, port) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (name, rest) = bracketed.split_once(']').ok_or_else(|| malformed("a `[` before a host has no `]` after it"))?;
            let name = decoded(name)?;
            if !Host::is_ipv6(&name) {
                return Err(malformed("what stands in brackets is not an IPv6 address"));
            }
            match rest {
                "" => (name, None),
                rest => (name, Some(rest.strip_prefix(':').ok_or_else(|| malformed("something other than a port stands after a `]`"))?)),
            }
        }
        None => {
            let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
            if port.is_some_and(|port| port.contains(':')) {
                return Err(malformed("a host has two `:`: an IPv6 address stands in brackets, as in `[::1]:5432`"));
            }
            (decoded(name)?, port)
        }
    };
    let port = port.map(parse_port).transpose()?;
    Ok((name, port))
}

fn parse_port(text: &str) -> Result<u16> {
    // `parse` alone would also take `+5432`.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| {
        malformed("a port is not a number from 1 to 65535 (a `/`, `?` or `:` in a user or password is written `%2F`, `%3F` or `%3A`)")
    })
}

fn decoded(text: &str) -> Result<String> {
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(malformed("what its percent signs encode is not UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn hosts(url: &DatabaseUrl) -> Vec<(&str, Option<u16>)> {
        url.hosts().iter().map(|host| (host.name(), host.port())).collect()
    }

    #[test]
    fn every_part_is_read() {
        let url = url("PostgreSQL://ada:pw@h1:1,h2:2,[::1]:3,[fe80::1%25eth0]/db%20name?application_name=my+app%2B&empty=&bare");
        assert_eq!((url.scheme(), url.user(), url.password(), url.path()), ("postgresql", Some("ada"), Some("pw"), "db name"));
        assert_eq!(hosts(&url), [("h1", Some(1)), ("h2", Some(2)), ("::1", Some(3)), ("fe80::1%eth0", None)]);
        assert_eq!(url.parameters().collect::<Vec<_>>(), [("application_name", "my app+"), ("empty", ""), ("bare", "")]);
    }

    #[test]
    fn the_forms_that_people_write() {
        for (text, scheme, hosts_, path) in [
            ("postgresql:///main", "postgresql", vec![], "main"),
            ("postgresql://", "postgresql", vec![], ""),
            ("postgres://localhost", "postgres", vec![("localhost", None)], ""),
            ("postgres://%2Fvar%2Frun/main", "postgres", vec![("/var/run", None)], "main"),
            ("mysql://localhost/users", "mysql", vec![("localhost", None)], "users"),
            ("mariadb://db:3307/users", "mariadb", vec![("db", Some(3307))], "users"),
            ("sqlite:////abs/meta.db", "sqlite", vec![], "/abs/meta.db"),
            ("sqlite:///relative.db", "sqlite", vec![], "relative.db"),
            ("sqlite:///data/a%20b@c.db", "sqlite", vec![], "data/a b@c.db"),
            ("sqlite:///C:/data/x.db", "sqlite", vec![], "C:/data/x.db"),
            ("sqlite://", "sqlite", vec![], ""),
            ("sqlite:///:memory:", "sqlite", vec![], ":memory:"),
        ] {
            let url = url(text);
            assert_eq!((url.scheme(), hosts(&url), url.path()), (scheme, hosts_, path), "{text}");
            assert_eq!((url.user(), url.password(), url.parameters().len()), (None, None, 0), "{text}");
        }
        let uri = url("sqlite:///file:name.db?mode=ro&uri=true");
        assert_eq!((uri.path(), uri.parameter("mode"), uri.parameter("uri")), ("file:name.db", Some("ro"), Some("true")));
    }

    #[test]
    fn logins() {
        for (text, user, password) in [
            ("mysql://h", None, None),
            ("mysql://ada@h", Some("ada"), None),
            ("mysql://ada:@h", Some("ada"), Some("")),
            ("mysql://:pw@h", None, Some("pw")),
            ("mysql://@h", None, None),
            ("mysql://ada%3A1:p%40%2F%3A@h", Some("ada:1"), Some("p@/:")),
            ("mysql://ada:p@w:x#100%@h", Some("ada"), Some("p@w:x#100%")),
            ("mysql://ada:a+b@h", Some("ada"), Some("a+b")),
        ] {
            let url = url(text);
            assert_eq!((url.user(), url.password()), (user, password), "{text}");
            assert_eq!(hosts(&url), [("h", None)], "{text}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused_without_an_echo() {
        for text in [
            "",
            "hunter2",
            "://",
            "sqlite:hunter2.db",
            "1sqlite://hunter2",
            "hun ter2://",
            " sqlite://",
            "sqlite:///hunter2\n",
            "postgres://u:hunter2/x@h/db",
            "postgres://u:12/hunter2@h/db",
            "postgres://u:p@s/hunter2@h/db",
            "postgres://h:0/hunter2",
            "postgres://h:65536/hunter2",
            "postgres://h:+5/hunter2",
            "postgres://h:/hunter2",
            "postgres://:5432/hunter2",
            "postgres://hunter2,,h",
            "postgres://hunter2,",
            "postgres://::1/hunter2",
            "postgres://[hunter2]/db",
            "postgres://[::1/hunter2",
            "postgres://[::1]hunter2",
            "postgres://hunter2%ff/db",
            "postgres://h/%ffhunter2",
            "postgres://h/db?a=hunter2&a=1",
        ] {
            let error = text.parse::<DatabaseUrl>().expect_err(text);
            assert!(error.to_string().starts_with("the URL is malformed: "), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn text_of_it_has_no_secret() {
        let url = url("postgresql://ada:hunter2@h:1/main?password=hunter2&sslmode=require");
        assert_eq!(url.to_string(), "postgresql://ada:***@h:1/main?password=***&sslmode=***");
        assert_eq!(format!("{url:?}"), format!("DatabaseUrl({url})"));
        assert_eq!(url.to_string_with_password(), "postgresql://ada:hunter2@h:1/main?password=hunter2&sslmode=require");
    }

    fn host_name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z][a-z0-9.-]{0,20}",
            "\\PC{1,8}",
            any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
            any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string()),
            any::<std::net::Ipv6Addr>().prop_map(|address| format!("{address}%eth0")),
        ]
    }

    proptest! {
        #[test]
        fn the_parts_survive_a_round_trip(
            scheme in "[a-z][a-z0-9+.-]{0,10}",
            user in proptest::option::of(".{1,8}"),
            password in proptest::option::of(any::<String>()),
            hosts in proptest::collection::vec((host_name(), proptest::option::of(1..=u16::MAX)), 0..4),
            path in any::<String>(),
            parameters in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..4),
        ) {
            let mut url = DatabaseUrl::new(&scheme)?;
            if let Some(user) = user {
                url = url.with_user(user);
            }
            if let Some(password) = password {
                url = url.with_password(password);
            }
            for (name, port) in hosts {
                url = url.with_host(name, port)?;
            }
            url = url.with_path(path);
            for (name, value) in parameters {
                url = url.with_parameter(name, value);
            }
            let text = url.to_string_with_password();
            prop_assert!(text.is_ascii());
            prop_assert_eq!(text.parse::<DatabaseUrl>()?.to_string_with_password(), text.clone());
            prop_assert!(text.parse::<DatabaseUrl>()? == url);
        }

        #[test]
        fn no_input_panics(text in any::<String>()) {
            let _ = text.parse::<DatabaseUrl>();
        }

        #[test]
        fn no_almost_url_panics(text in "[a-z]{0,3}:?/{0,2}[a-z%:@,/?&=+#\\[\\]0-9é]{0,40}") {
            if let Ok(url) = text.parse::<DatabaseUrl>() {
                prop_assert!(url.to_string_with_password().parse::<DatabaseUrl>()? == url);
            }
        }

        #[test]
        fn no_password_is_shown(password in "[QXZ]{4,12}") {
            let url = url("postgresql://ada@h/db").with_password(&password).with_parameter("sslpassword", &password);
            let shown = format!("{url} {url:?}");
            prop_assert!(!shown.contains(&password));
        }
    }
}
