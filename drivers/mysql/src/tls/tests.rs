use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bindery_core::config::BindConfig;
use bindery_core::engine::{Driver, Effect, Engine, Fate};
use bindery_core::value::Value;
use bindery_core::{BindKey, ErrorKind};
use bindery_testkit::{MysqlFlavor, Proxy, TempMysql, TempMysqlDatabase};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

use crate::tests::{FLAVORS, id_of, open_url, query, text};
use crate::{Mysql, MysqlDriver};

/// An authority that signs certificates.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
struct Certificate {
    pem: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { pem, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, params: &CertificateParams) -> Certificate {
        let key = KeyPair::generate().unwrap();
        Certificate { pem: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn for_host(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.distinguished_name = named(host).distinguished_name;
    params
}

fn server(flavor: MysqlFlavor, ours: &Authority, Certificate { pem, key }: &Certificate, protocol: Option<&str>) -> TempMysql {
    let builder = TempMysql::builder(flavor).file("ca.pem", ours.pem.as_str()).file("own.pem", pem.as_str()).file("own.key", key.as_str());
    let builder = builder.setting("ssl-ca", "ca.pem").setting("ssl-cert", "own.pem").setting("ssl-key", "own.key");
    protocol.map_or(builder.clone(), |protocol| builder.setting("tls_version", protocol)).start().unwrap()
}

/// An engine by the name `localhost`, whose files start from a folder.
fn engine(database: &TempMysqlDatabase, user: &str, folder: &Path, options: &[(&str, &str)]) -> Mysql {
    let url = format!("mysql://{user}:SECRET@localhost:{}/{}", database.server().port(), database.name());
    let bind = BindConfig::new(BindKey::DEFAULT, url.parse().unwrap()).with_folder(folder);
    MysqlDriver.open(&options.iter().fold(bind, |bind, (name, value)| bind.with_option(*name, *value))).unwrap()
}

/// What the server says of the connection.
async fn is_encrypted(engine: &Mysql) -> bindery_core::Result<bool> {
    Ok(query(engine, "show status like 'Ssl_cipher'", &[]).await?[0][1] != text(""))
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        fs::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

fn user(database: &TempMysqlDatabase, name: &str, require: &str) {
    let sql = format!("create user {name}@'127.0.0.1' identified by 'SECRET' {require}; grant all on *.* to {name}@'127.0.0.1'");
    database.sql(&sql).unwrap();
}

#[tokio::test]
async fn each_mode_with_each_certificate() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let mut expired = for_host("localhost");
    (expired.not_before, expired.not_after) = (date_time_ymd(2010, 1, 1), date_time_ymd(2020, 1, 1));
    let folder = folder_with(&[("root.pem", &ours.pem)]);
    let ca = ("ssl_ca", "root.pem");
    let modes: [(&str, &[(&str, &str)]); 7] = [
        ("disabled", &[("ssl_mode", "disabled")]),
        ("nothing said", &[]),
        ("preferred", &[("ssl_mode", "preferred")]),
        ("required", &[("ssl_mode", "required")]),
        ("verify_ca", &[("ssl_mode", "verify_ca"), ca]),
        ("verify_identity", &[("ssl_mode", "verify_identity"), ca]),
        ("a root alone", &[ca]),
    ];
    let (no, yes, err) = (Some(false), Some(true), None);
    for (case, certificate, expected) in [
        ("good", ours.sign(&for_host("localhost")), [no, yes, yes, yes, yes, yes, yes]),
        ("expired", ours.sign(&expired), [no, yes, yes, yes, err, err, err]),
        ("wrong host", ours.sign(&for_host("elsewhere.example")), [no, yes, yes, yes, yes, err, err]),
        ("unknown issuer", theirs.sign(&for_host("localhost")), [no, yes, yes, yes, err, err, err]),
    ] {
        // What is wrong with a certificate is for this end to see, whoever has it.
        for &flavor in if case == "good" { &FLAVORS[..] } else { &FLAVORS[..1] } {
            // MariaDB looks at its own certificate.
            let root = if case == "unknown issuer" { &theirs } else { &ours };
            let server = server(flavor, root, &certificate, None);
            let database = server.database().unwrap();
            user(&database, "ada", "");
            for ((mode, options), expected) in modes.iter().zip(expected) {
                let engine = engine(&database, "ada", folder.path(), options);
                match (is_encrypted(&engine).await, expected) {
                    (Ok(encrypted), Some(expected)) => assert_eq!(encrypted, expected, "{flavor:?} {case}, {mode}"),
                    (Ok(_), None) => panic!("{flavor:?} {case}, {mode}: connected"),
                    (Err(error), expected) => {
                        assert_eq!(expected, None, "{flavor:?} {case}, {mode}: {error:?}");
                        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{case}, {mode}: {error:?}");
                        let said = format!("no connection could be made to the MySQL server at localhost:{}", server.port());
                        assert_eq!(error.to_string(), said, "{case}, {mode}: {error:?}");
                        assert!(format!("{error:?}").contains("certificate"), "{case}, {mode}: {error:?}");
                        assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_client_certificate_logs_in() {
    let ours = Authority::new("ours");
    let (ada, stranger) = (ours.sign(&named("ada")), Authority::new("theirs").sign(&named("ada")));
    let folder = folder_with(&[
        ("root.pem", &ours.pem),
        ("ada.pem", &ada.pem),
        ("ada.key", &ada.key),
        ("stranger.pem", &stranger.pem),
        ("stranger.key", &stranger.key),
    ]);
    for flavor in FLAVORS {
        let server = server(flavor, &ours, &ours.sign(&for_host("localhost")), None);
        let database = server.database().unwrap();
        user(&database, "ada", "require x509");
        let with = |name: &'static str| match name {
            "ada" => vec![("ssl_ca", "root.pem"), ("ssl_cert", "ada.pem"), ("ssl_key", "ada.key")],
            "stranger" => vec![("ssl_ca", "root.pem"), ("ssl_cert", "stranger.pem"), ("ssl_key", "stranger.key")],
            _ => vec![("ssl_ca", "root.pem")],
        };
        assert!(is_encrypted(&engine(&database, "ada", folder.path(), &with("ada"))).await.unwrap());
        for (name, kind) in [("nobody", ErrorKind::PermissionDenied), ("stranger", ErrorKind::ConnectionLost)] {
            let error = engine(&database, "ada", folder.path(), &with(name)).acquire(Effect::Read).await.err().unwrap();
            assert_eq!(error.kind(), kind, "{flavor:?} {name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn preferred_goes_without_where_the_server_does_not_encrypt_and_remembers_that() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        let proxy = Proxy::before(&database.url()).unwrap();
        let url = proxy.url(&database.url()).unwrap();
        let open = |mode: &str| open_url(url.clone().with_parameter("ssl_mode", mode), |_| {});
        let engine = open("preferred");
        assert!(!is_encrypted(&engine).await.unwrap());
        assert_eq!(proxy.connections(), 2);
        let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
        assert_eq!(proxy.connections(), 3);
        // What is beside the pool too.
        one.release(Fate::CutOff);
        two.release(Fate::Clean);
        id_of(&engine).await;
        crate::tests::until_all_are_back(&engine).await;
        assert_eq!(proxy.connections(), 4);
        engine.close().await;
        let error = open("required").acquire(Effect::Read).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert!(error.to_string().contains("does not encrypt connections, which `ssl_mode` asks for"), "{error}");
    }
}

/// Who needs no encryption is told by no fault of a network: it would take a password to whoever cut the connection off.
#[tokio::test]
async fn preferred_is_not_led_astray_by_a_network_that_fails() {
    let ours = Authority::new("ours");
    let server = server(MysqlFlavor::MariaDb, &ours, &ours.sign(&for_host("localhost")), None);
    let database = server.database().unwrap();
    let proxy = Proxy::before(&database.url()).unwrap();
    let engine = open_url(proxy.url(&database.url()).unwrap(), |_| {});
    for bytes in [0, 50, 200, 1_000] {
        proxy.cut_off_after(bytes);
        let _ = engine.acquire(Effect::Read).await.map(|connection| connection.release(Fate::Lent));
    }
    proxy.cut_off_after(usize::MAX);
    assert!(is_encrypted(&engine).await.unwrap());
}

/// By the server's own socket nothing needs to be encrypted, and nothing is, whatever the server offers.
#[tokio::test]
async fn a_socket_is_not_encrypted() {
    let ours = Authority::new("ours");
    for flavor in FLAVORS {
        let server = server(flavor, &ours, &ours.sign(&for_host("localhost")), None);
        let database = server.database().unwrap();
        for mode in ["disabled", "preferred", "required"] {
            let engine = open_url(database.socket_url().with_parameter("ssl_mode", mode), |_| {});
            assert!(!is_encrypted(&engine).await.unwrap(), "{mode}");
        }
    }
}

/// Killed, interrupted and closed over TLS as without.
#[tokio::test]
async fn a_statement_is_interrupted_over_tls() {
    let ours = Authority::new("ours");
    for flavor in FLAVORS {
        let server = server(flavor, &ours, &ours.sign(&for_host("localhost")), None);
        let database = server.database().unwrap();
        crate::tests::make_thousand(&database);
        user(&database, "ada", "require ssl");
        let folder = folder_with(&[("root.pem", &ours.pem)]);
        let engine = engine(&database, "ada", folder.path(), &[("ssl_ca", "root.pem")]);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        for number in 0..2 {
            crate::tests::half_read(&mut *connection, crate::tests::MANY_ROWS).await;
            connection.close_result().await.unwrap();
            let answer = crate::tests::query_on(&mut *connection, "select ?", &[Value::I64(number)]).await.unwrap();
            assert_eq!(answer, [[Value::I64(number)]]);
        }
        connection.release(Fate::CutOff);
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
    }
}

/// Before a server, says that this encrypts, and answers whoever wants that with these bytes and the end of the connection. How often it was asked.
fn pretender(server: u16, answer: &'static [u8]) -> (u16, Arc<AtomicUsize>) {
    /// What a client sends that wants TLS: 32 bytes behind a header of four.
    const REQUEST: usize = 36;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut server = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let mut bytes = [0; 1024];
            let length = server.read(&mut bytes).unwrap();
            // The capability CLIENT_SSL, behind the version, the connection's number, eight bytes of the scramble and a zero.
            let at = 5 + bytes[5..].iter().position(|byte| *byte == 0).unwrap() + 1 + 4 + 8 + 1;
            bytes[at + 1] |= 0x08;
            client.write_all(&bytes[..length]).unwrap();
            let length = client.read(&mut bytes).unwrap();
            if bytes[0] == 32 && length >= REQUEST {
                count.fetch_add(1, Ordering::Relaxed);
                let _ = client.write_all(answer);
                // Else the system would take back what was written: not all was read.
                while length == REQUEST && client.read(&mut bytes).is_ok_and(|more| more > 0) {
                    let _ = client.shutdown(std::net::Shutdown::Write);
                }
                continue;
            }
            server.write_all(&bytes[..length]).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            thread::spawn(move || std::io::copy(&mut server, &mut client));
        }
    });
    (port, asked)
}

#[tokio::test]
async fn preferred_goes_without_where_the_servers_tls_can_not_be_spoken() {
    /// An alert: it does not speak what rustls does.
    const PROTOCOL_VERSION: &[u8] = &[0x15, 3, 3, 0, 2, 2, 70];
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        let (port, asked) = pretender(server.port(), PROTOCOL_VERSION);
        let url = |mode: &str| format!("mysql://root@127.0.0.1:{port}/{}?ssl_mode={mode}", database.name()).parse().unwrap();
        let engine = open_url(url("preferred"), |_| {});
        assert!(!is_encrypted(&engine).await.unwrap());
        let connections = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
        // It remembers.
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        drop(connections);
        let error = open_url(url("required"), |_| {}).acquire(Effect::Read).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert!(format!("{error:?}").contains("the encrypted connection to 127.0.0.1"), "{error:?}");
    }
}

/// That may be anyone's doing.
#[tokio::test]
async fn preferred_does_not_go_without_where_the_handshake_is_cut_off() {
    let server = TempMysql::shared(MysqlFlavor::MariaDb).unwrap();
    let database = server.database().unwrap();
    let (port, asked) = pretender(server.port(), &[]);
    let url = format!("mysql://root@127.0.0.1:{port}/{}", database.name());
    let engine = open_url(url.parse().unwrap(), |pool| pool.connect_timeout = std::time::Duration::from_millis(300));
    let error = engine.acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
