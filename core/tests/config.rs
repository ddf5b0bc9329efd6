//! The configuration from its layers to checked binds: each shape that EllarSQL and Flask-SQLAlchemy take, and each mistake.

// Clippy allows these in `#[test]` functions only, not in what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use bindery_core::config::{Config, ConfigBuilder, DatabaseUrl, DriverInfo, Format, OptionValue, PoolOptions};
use bindery_core::{BindKey, Error, ErrorKind};
use proptest::prelude::*;

const SQLITE: DriverInfo =
    DriverInfo { name: "sqlite", schemes: &["sqlite"], options: &["execution", "busy_timeout", "readers"], parameters: &["mode", "uri"] };
const POSTGRES: DriverInfo =
    DriverInfo { name: "postgres", schemes: &["postgresql", "postgres"], options: &["search_path"], parameters: &["sslmode"] };
const DRIVERS: &[DriverInfo] = &[SQLITE, POSTGRES];

fn toml(text: &str) -> ConfigBuilder {
    Config::builder().text(Format::Toml, text)
}

fn resolve(builder: ConfigBuilder) -> Config {
    builder.resolve(DRIVERS).unwrap()
}

/// The problems, once it is sure that nothing of the error has a secret in it.
fn problems(builder: ConfigBuilder) -> Vec<String> {
    let error = builder.resolve(DRIVERS).expect_err("there are problems");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_no_secret(&error);
    error.problems().to_vec()
}

fn assert_no_secret(error: &Error) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

fn keys(config: &Config) -> Vec<String> {
    config.binds().iter().map(|bind| bind.key().to_string()).collect()
}

fn pool<'a>(config: &'a Config, key: &str) -> &'a PoolOptions {
    config.bind(key.parse().unwrap()).unwrap().pool()
}

#[test]
fn a_bind_is_a_url_string_or_a_table() {
    let config = resolve(toml(
        r#"
        [databases]
        default = "postgresql:///main"
        meta = "sqlite:////path/to/meta.db"
        [databases.auth]
        url = "postgres://ada:hunter2@localhost/users"
        pool_recycle = 3600
        search_path = "app"
        "#,
    ));
    assert_eq!(keys(&config), ["default", "meta", "auth"]);
    assert_eq!(config.bind(BindKey::DEFAULT).unwrap().url().path(), "main");
    let auth = config.bind(BindKey::from_static("auth")).unwrap();
    assert_eq!(auth.url().password(), Some("hunter2"));
    assert_eq!(auth.pool().recycle, Some(Duration::from_secs(3600)));
    assert_eq!(auth.text("search_path").unwrap(), Some("app"));
    assert_eq!(auth.option("search_path"), Some(&OptionValue::Text("app".into())));
    assert_eq!(pool(&config, "meta"), &PoolOptions::default());
}

#[test]
fn a_bind_is_a_url_object_in_code() {
    let url = DatabaseUrl::new("postgresql").unwrap().with_user("ada").with_password("hunter2").with_path("main");
    let config = resolve(Config::builder().bind("default", url.clone()).bind("meta", String::from("sqlite://")));
    assert_eq!(config.binds()[0].url(), &url);
    assert_eq!(keys(&config), ["default", "meta"]);
}

#[test]
fn one_string_is_the_default_bind() {
    for (format, text) in [
        (Format::Toml, "databases = \"sqlite:///a.db\""),
        (Format::Yaml, "databases: sqlite:///a.db"),
        (Format::Json, "{\"databases\": \"sqlite:///a.db\"}"),
    ] {
        let config = resolve(Config::builder().text(format, text));
        assert_eq!(keys(&config), ["default"]);
        assert_eq!(config.binds()[0].url().path(), "a.db");
    }
}

#[test]
fn no_default_is_an_error() {
    assert_eq!(problems(Config::builder()), ["there is no bind `default`: add it to `databases`"]);
    assert_eq!(problems(Config::builder().bind("auth", "sqlite://")), ["there is no bind `default`: add it to `databases`"]);
}

#[test]
fn wrong_shapes_are_errors() {
    let binds = "`databases` must be a table of binds, or the URL of `default`";
    assert_eq!(problems(toml("databases = 5").bind("default", "sqlite://")), [binds]);
    assert_eq!(problems(toml("databases = [\"sqlite://\"]").bind("default", "sqlite://")), [binds]);
    for value in ["5", "true", "[\"sqlite://hunter2\"]"] {
        let text = format!("databases = {{ default = {value} }}");
        assert_eq!(problems(toml(&text)), ["bind `default`: it must be a URL, or a table with `url` and options"]);
    }
    assert_eq!(problems(toml("[databases.default]\npool_size = 5")), ["bind `default`: it has no `url`"]);
    assert_eq!(problems(toml("[databases.default]")), ["bind `default`: it has no `url`"]);
    assert_eq!(problems(toml("[databases.default]\nurl = 5")), ["bind `default`: `url` must be text"]);
    assert_eq!(problems(toml("[databases.default]\nurl = { drivername = \"hunter2\" }")), ["bind `default`: `url` must be text"]);
    assert_eq!(
        problems(toml("engine_options = 5\nmigrations = \"hunter2\"\ndatabases = \"sqlite://\"")),
        ["`engine_options` must be a table", "`migrations` must be a table"]
    );
    assert_eq!(
        problems(toml("[databases.default]\nurl = \"sqlite://\"\nexecution = [\"hunter2\"]")),
        ["bind `default`: option `execution` must be a boolean, a number within 64 bits, or text"]
    );
}

#[test]
fn common_options_are_for_all_binds_and_a_binds_own_win() {
    let config = resolve(toml(
        r#"
        engine_options = { pool_size = 3, pool_timeout = "500ms", pool_pre_ping = true, execution = "inline" }
        [databases]
        default = "sqlite://"
        auth = { url = "sqlite://", pool_size = 7, execution = "blocking" }
        main = "postgresql:///main"
        "#,
    ));
    assert_eq!((pool(&config, "default").size, pool(&config, "auth").size, pool(&config, "main").size), (3, 7, 3));
    assert!(config.binds().iter().all(|bind| bind.pool().timeout == Duration::from_millis(500) && bind.pool().pre_ping));
    let execution: Vec<_> = config.binds().iter().map(|bind| bind.text("execution").unwrap()).collect();
    assert_eq!(execution, [Some("inline"), Some("blocking"), None]);
}

#[test]
fn what_is_told_of_statements_is_set_as_other_options_are() {
    let text = "engine_options = { slow_statement_threshold = \"200ms\" }\n[databases]\ndefault = \"sqlite://\"\nauth = \"sqlite://\"";
    let config =
        resolve(toml(text).variables([
            ("BINDERY__DATABASES__AUTH__SLOW_STATEMENT_THRESHOLD", "1.5"),
            ("BINDERY__DATABASES__AUTH__LOG_PARAMETERS", "true"),
        ]));
    let trace = |key: &str| config.bind(key.parse().unwrap()).unwrap().trace().clone();
    assert_eq!(trace("default").slow_statement_threshold, Some(Duration::from_millis(200)));
    assert_eq!(trace("auth").slow_statement_threshold, Some(Duration::from_millis(1_500)));
    assert_eq!((trace("default").log_parameters, trace("auth").log_parameters), (false, true));
    assert_eq!(
        problems(toml("databases = \"sqlite://\"\nengine_options = { log_parameter = true, slow_statement_threshold = 0 }")),
        [
            "engine_options: unknown option `log_parameter`: did you mean `log_parameters`?",
            "engine_options: option `slow_statement_threshold` must be \"never\", or a duration longer than 0: seconds as a number, or text with \
             a unit (\"500ms\", \"30s\", \"10m\", \"1h\", \"1d\")"
        ]
    );
}

#[test]
fn later_layers_win_option_by_option() {
    let config = resolve(
        toml(
            r#"
            [engine_options]
            pool_size = 2
            idle_timeout = "1m"
            [databases]
            default = "sqlite:///file.db"
            auth = { url = "sqlite:///auth.db", pool_size = 3, pool_recycle = 60 }
            "#,
        )
        .variables([
            ("BINDERY__DATABASES__DEFAULT__POOL_SIZE", "4"),
            ("BINDERY__DATABASES__AUTH", "sqlite:///environment.db"),
            ("BINDERY__DATABASES__AUTH__POOL_RECYCLE", "90"),
            ("BINDERY__DATABASES__ZETA__URL", "sqlite:///zeta.db"),
            ("BINDERY__DATABASES__BETA__URL", "sqlite:///beta.db"),
            ("BINDERY__DATABASES__BETA__POOL_PRE_PING", "true"),
            ("BINDERY__DATABASES__BETA__READERS", "4"),
            ("BINDERY__DATABASES__BETA__BUSY_TIMEOUT", "250ms"),
            ("BINDERY__ENGINE_OPTIONS__CONNECT_TIMEOUT", "1.5"),
            ("BINDERY__MIGRATIONS__DIRECTORY", "moved"),
            ("BINDERY__DATABASES__AUTH__POOL_SIZE", ""),
            ("OTHER__DATABASES__AUTH__URL", "nonsense"),
        ])
        .bind("code", "sqlite:///code.db")
        .bind_option("auth", "pool_recycle", Duration::from_secs(120))
        .engine_option("idle_timeout", "2m"),
    );
    assert_eq!(keys(&config), ["default", "auth", "beta", "zeta", "code"]);
    let paths: Vec<_> = config.binds().iter().map(|bind| bind.url().path()).collect();
    assert_eq!(paths, ["file.db", "environment.db", "beta.db", "zeta.db", "code.db"]);
    let sizes: Vec<_> = config.binds().iter().map(|bind| bind.pool().size).collect();
    assert_eq!(sizes, [4, 3, 2, 2, 2]);
    assert_eq!(pool(&config, "auth").recycle, Some(Duration::from_secs(120)));
    assert!(config.binds().iter().all(|bind| bind.pool().idle_timeout == Some(Duration::from_secs(120))));
    assert!(config.binds().iter().all(|bind| bind.pool().connect_timeout == Duration::from_millis(1500)));
    let beta = config.bind(BindKey::from_static("beta")).unwrap();
    assert!(beta.pool().pre_ping);
    assert_eq!((beta.integer("readers").unwrap(), beta.duration("busy_timeout").unwrap()), (Some(4), Some(Duration::from_millis(250))));
    assert!(config.migrations().directory.ends_with("moved"));
}

#[test]
fn one_error_lists_every_problem() {
    let builder = toml(
        r#"
        [engine_options]
        pool_sice = 5
        pool_timeout = "hunter2"
        [databases]
        default = "hunter2"
        auth = { url = "mysql://ada:hunter2@localhost/users", pool_size = 0, pool_timout = 1, charset = "utf8" }
        Bad = "sqlite://"
        meta = { url = "sqlite:///x.db?hunter=hunter2&mod=ro", pool_size = "5", exec = "hunter2", executoin = "inline" }
        lake = "duckdb:///hunter2"
        main = "postgresql+psycopg2://ada:hunter2@localhost/main"
        none = { uri = "sqlite:///hunter2" }
        typo = "sqlit:///hunter2"
        "postgres://u:hunter2@h/db" = "default"
        [database]
        x = 1
        [migrations]
        folder = "hunter2"
        "#,
    )
    .variables([
        ("BINDERY__DATABASES__META__POOL_PRE_PING", "hunter2"),
        ("BINDERY__DATABASE__META__URL", "hunter2"),
        ("BINDERY__LOG", "hunter2"),
    ]);
    let unit = "a duration of at most 100 years: seconds as a number, or text with a unit (\"500ms\", \"30s\", \"10m\", \"1h\", \"1d\")";
    let key = "its name is not a lower-case letter, then up to 31 lower-case letters, digits and single underscores";
    let malformed = "the URL is malformed: it has no `://` after a scheme, as in `sqlite:///notes.db`";
    assert_eq!(
        problems(builder),
        [
            "unknown section `database`: did you mean `databases`?",
            "environment variable `BINDERY__DATABASE__META__URL` sets nothing of bindery's: did you mean `databases`?",
            "environment variable `BINDERY__LOG` sets nothing of bindery's",
            "engine_options: unknown option `pool_sice`: did you mean `pool_size`?",
            &format!("engine_options: option `pool_timeout` must be {unit}"),
            "migrations: unknown option `folder`",
            &format!("bind `default`: {malformed}"),
            "bind `auth`: no driver serves the scheme `mysql`: enable the Cargo feature `mysql` of bindery",
            "bind `auth`: option `pool_size` must be a whole number from 1 to 4294967295",
            "bind `auth`: unknown option `pool_timout`: did you mean `pool_timeout`?",
            &format!("bind `Bad`: {key}"),
            "bind `meta`: the driver `sqlite` does not read the URL's query parameter `hunter`",
            "bind `meta`: the driver `sqlite` does not read the URL's query parameter `mod`: did you mean `mode`?",
            "bind `meta`: option `pool_size` must be a whole number from 1 to 4294967295, and is text: write it without quotes",
            "bind `meta`: unknown option `exec`",
            "bind `meta`: unknown option `executoin`: did you mean `execution`?",
            "bind `meta`: option `pool_pre_ping` (set in the environment) must be true or false",
            "bind `lake`: no driver serves the scheme `duckdb`: hand a driver for it to `.driver(..)`",
            "bind `main`: no driver serves the scheme `postgresql+psycopg2`: write `postgresql`, without the Python driver's name",
            "bind `none`: it has no `url`: did you mean it by `uri`?",
            "bind `typo`: no driver serves the scheme `sqlit`: did you mean `sqlite`?",
            &format!("bind (a name that is not shown): {key}"),
            &format!("bind (a name that is not shown): {malformed}"),
        ]
    );
}

#[test]
fn an_option_in_the_url_is_sent_to_its_place() {
    let beside = "it is an option of the bind: set it beside `url`";
    for (url, driver, parameter) in [
        ("sqlite:///x.db?connect_timeout=5", "sqlite", "connect_timeout"),
        ("sqlite:///x.db?busy_timeout=hunter2", "sqlite", "busy_timeout"),
        ("sqlite:///x.db?log_parameters=true", "sqlite", "log_parameters"),
        ("postgres:///x?search_path=hunter2", "postgres", "search_path"),
    ] {
        let problem = format!("bind `default`: the driver `{driver}` does not read the URL's query parameter `{parameter}`: {beside}");
        assert_eq!(problems(Config::builder().bind("default", url)), [problem]);
    }
    // Another driver's option is none of this bind.
    let problem = "bind `default`: the driver `postgres` does not read the URL's query parameter `busy_timeout`";
    assert_eq!(problems(Config::builder().bind("default", "postgres:///x?busy_timeout=5")), [problem]);
}

#[test]
fn a_number_in_quotes_is_told_from_other_text() {
    let quoted = ", and is text: write it without quotes";
    for (option, hint) in [
        ("pool_size = \"5\"", quoted),
        ("pool_size = \" 5 \"", quoted),
        ("pool_size = \"hunter2\"", ""),
        ("pool_size = \"nan\"", ""),
        ("pool_size = true", ""),
        ("pool_pre_ping = \"true\"", quoted),
        ("pool_timeout = \"5\"", quoted),
        ("pool_timeout = \"5 minutes\"", ""),
    ] {
        let found = problems(toml(&format!("[databases.default]\nurl = \"sqlite://\"\n{option}")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].contains(quoted), !hint.is_empty(), "{option}: {found:?}");
    }
    // An option of the driver's own is read by the same rule.
    let builder = toml("[databases.default]\nurl = \"sqlite://\"\nreaders = \"4\"");
    let error = builder.resolve_with(DRIVERS, |_, bind| bind.integer("readers").map(|_| ())).unwrap_err();
    assert_eq!(error.problems(), [format!("bind `default`: option `readers` must be a whole number{quoted}")]);
    // In the environment everything is text.
    let builder = Config::builder().bind("default", "sqlite://").variables([("BINDERY__DATABASES__DEFAULT__POOL_SIZE", "0")]);
    assert_eq!(
        problems(builder),
        ["bind `default`: option `pool_size` (set in the environment) must be a whole number from 1 to 4294967295"]
    );
}

#[test]
fn a_misspelt_url_is_found() {
    let builder = toml("[databases.default]\nurll = \"sqlite:///hunter2\"\nurl = \"sqlite://\"");
    assert_eq!(problems(builder), ["bind `default`: unknown option `urll`: did you mean `url`?"]);
    let builder = toml("[databases.default]\nuri = \"sqlite:///hunter2\"");
    assert_eq!(problems(builder), ["bind `default`: it has no `url`: did you mean it by `uri`?"]);
}

#[test]
fn sections_of_the_application_are_its_own() {
    let config = resolve(toml("databases = \"sqlite://\"\n[server]\nport = 80\n[logging]\nlevel = \"info\""));
    assert_eq!(keys(&config), ["default"]);
    for (section, meant) in [("Databases", "databases"), ("engine_option", "engine_options"), ("engine-options", "engine_options")] {
        let found = problems(toml(&format!("[{section}]\nx = 1")).bind("default", "sqlite://"));
        assert_eq!(found, [format!("unknown section `{section}`: did you mean `{meant}`?")]);
    }
}

#[test]
fn what_a_driver_finds_stands_in_the_same_error() {
    let builder = Config::builder()
        .bind("default", "sqlite://")
        .bind_option("default", "execution", 5)
        .bind("auth", "sqlite://")
        .bind_option("auth", "pool_size", 0)
        .bind("meta", "postgres:///hunter2");
    let mut opened = Vec::new();
    let error = builder
        .resolve_with(DRIVERS, |driver, bind| {
            opened.push((driver, bind.key().to_string()));
            bind.text("execution").map(|_| ())?;
            Err::<(), _>(Error::with_problems(ErrorKind::Configuration, "no", vec!["first".into(), "second".into()]))
        })
        .unwrap_err();
    assert_eq!(opened, [(0, "default".to_owned()), (0, "auth".to_owned()), (1, "meta".to_owned())]);
    assert_eq!(
        error.problems(),
        [
            "bind `default`: option `execution` must be text",
            "bind `auth`: option `pool_size` must be a whole number from 1 to 4294967295",
            "bind `auth`: first",
            "bind `auth`: second",
            "bind `meta`: first",
            "bind `meta`: second",
        ]
    );
    let (config, engines) = Config::builder().bind("default", "sqlite://").resolve_with(DRIVERS, |driver, _| Ok(driver)).unwrap();
    assert_eq!((config.binds().len(), engines), (1, vec![0]));
}

#[test]
fn files_are_read_by_their_ending_and_give_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.toml", "[databases]\ndefault = \"sqlite:///x.db\"\n[migrations]\ndirectory = \"migrations\""),
        ("a.yaml", "databases:\n  default: sqlite:///x.db\nmigrations:\n  directory: migrations"),
        ("a.YML", "databases:\n  default: {url: 'sqlite:///x.db', pool_size: 5}\nmigrations: {directory: migrations}"),
        ("a.json", r#"{"databases": {"default": {"url": "sqlite:///x.db"}}, "migrations": {"directory": "migrations"}}"#),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let config = resolve(Config::builder().file(&path).variables([("BINDERY__DATABASES__AUTH", "sqlite://")]));
        assert_eq!(keys(&config), ["default", "auth"]);
        assert!(config.binds().iter().all(|bind| bind.folder() == folder.path()), "{name}");
        assert_eq!(config.migrations().directory, folder.path().join("migrations"));
    }
}

#[test]
fn without_a_file_the_folder_is_the_current_one() {
    let config = resolve(Config::builder().bind("default", "sqlite:///x.db"));
    assert_eq!(config.binds()[0].folder(), std::env::current_dir().unwrap());
    let config = resolve(Config::builder().bind("default", "sqlite:///x.db").folder("data"));
    assert_eq!(config.binds()[0].folder(), std::env::current_dir().unwrap().join("data"));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, what) in [
        ("none.toml", None, "does not exist"),
        ("bindery", Some("".as_bytes()), "must end in `.toml`, `.yaml`, `.yml` or `.json`"),
        ("latin1.toml", Some(b"databases = \"sqlite:///\xe9\"".as_slice()), "is not UTF-8"),
        (
            "broken.toml",
            Some(b"[databases]\ndefault = hunter2".as_slice()),
            "has a syntax error at line 2, column 11: it is not valid TOML (string values must be quoted, expected literal string)",
        ),
    ] {
        let path = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let error = Config::builder().file(&path).resolve(DRIVERS).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.to_string(), format!("the configuration file `{}` {what}", path.display()));
        assert_no_secret(&error);
    }
}

#[test]
fn problems_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.toml");
    std::fs::write(&path, "databases = \"sqlite://\"\n[engine_options]\npool_size = 0").unwrap();
    let error = Config::builder().file(&path).environment(false).resolve(DRIVERS).unwrap_err();
    assert!(error.to_string().starts_with("the configuration of the databases is wrong"), "{error}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert_eq!(error.problems().len(), 1, "once, not for each bind: {error}");
}

/// A process can't set its own environment safely, so a child of this test binary looks at one.
#[test]
fn the_environment_of_the_process_is_read_beside_a_file() {
    const FILE: &str = "BINDERY_TEST_FILE";
    if let Ok(path) = std::env::var(FILE) {
        match Config::builder().file(&path).resolve(DRIVERS) {
            Ok(config) => println!("child: {:?} {}", keys(&config), config.binds()[1].pool().size),
            Err(error) => println!("child: {error:?}"),
        }
        let off = Config::builder().file(&path).environment(false).resolve(DRIVERS).unwrap();
        let without_file = Config::builder().bind("default", "sqlite://").resolve(DRIVERS).unwrap();
        println!("child: {:?} {:?}", keys(&off), keys(&without_file));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.toml");
    std::fs::write(&path, "databases = \"sqlite://\"").unwrap();
    let child = |variables: &[(&str, &std::ffi::OsStr)]| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_environment_of_the_process_is_read_beside_a_file", "--nocapture"])
            .env(FILE, &path)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split("child: ").skip(1).map(|part| part.lines().next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let alone = r#"["default"] ["default"]"#;
    let variables = [("BINDERY__DATABASES__AUTH__URL", "sqlite://".as_ref()), ("BINDERY__ENGINE_OPTIONS__POOL_SIZE", "4".as_ref())];
    assert_eq!(child(&variables), [r#"["default", "auth"] 4"#, alone]);

    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let not_utf8 = std::ffi::OsStr::from_bytes(b"sqlite:///hunter2\xff");
        let error = "Configuration: an environment variable that begins with `BINDERY__` is not UTF-8";
        assert_eq!(child(&[("BINDERY__DATABASES__AUTH__URL", not_utf8)]), [error, alone]);
    }
}

#[test]
fn debug_shows_no_secret() {
    let builder = toml("[databases]\ndefault = \"postgres://u:hunter2@h/db?sslmode=hunter2\"")
        .bind_option("default", "search_path", "hunter2")
        .variables([("BINDERY__DATABASES__AUTH", "postgres://u:hunter2@h/db")]);
    let config = resolve(builder.clone());
    for shown in [format!("{builder:?}"), format!("{config:?}"), format!("{:?}", config.binds()[0].option("search_path"))] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert!(format!("{config:?}").contains("search_path"));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(databases|engine_options|default|url|pool_size|[a-z0-9 \\n=:{}\\[\\]\".,?/@#&*!|-]){0,30}") {
        for format in [Format::Toml, Format::Yaml, Format::Json] {
            if let Err(error) = Config::builder().text(format, text.as_str()).resolve(DRIVERS) {
                prop_assert_eq!(error.kind(), ErrorKind::Configuration);
            }
        }
    }

    #[test]
    fn no_variable_panics(
        variables in proptest::collection::vec(("(BINDERY)?(__(DATABASES|AUTH|URL|[A-Z._\\[\\]0-9é]{0,4})){0,4}", ".{0,10}"), 0..5),
    ) {
        let _ = Config::builder().variables(variables).resolve(DRIVERS);
    }

    #[test]
    fn a_value_is_never_shown(
        value in "Q[XYZ]{5}(://|[@:/?=& ])[XYZ]{3}",
        option in prop::sample::select(vec!["URL", "POOL_SIZE", "POOL_TIMEOUT", "EXECUTION", "OTHER"]),
    ) {
        let builder = Config::builder()
            .bind("default", "sqlite://")
            .variables([(format!("BINDERY__DATABASES__AUTH__{option}"), value.clone())]);
        let shown = format!("{:?}", builder.resolve(DRIVERS));
        // A scheme is named, in lower case: that is what the user has to look at.
        prop_assert!(!shown.contains(&value[..6]), "{}", shown);
    }
}
