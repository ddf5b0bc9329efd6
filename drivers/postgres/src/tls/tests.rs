use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use bindery_core::ErrorKind;
use bindery_testkit::TempPostgres;
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, ServerConnection};

use crate::config::PostgresConfig;
use crate::connect::{Connected, connect};

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
    let mut params = CertificateParams::new([host.to_owned(), "127.0.0.1".to_owned()]).unwrap();
    params.distinguished_name = named(host).distinguished_name;
    params
}

fn server(Certificate { pem, key }: &Certificate, access: &str) -> TempPostgres {
    let builder = TempPostgres::builder().file("server.crt", pem.as_str()).file("server.key", key.as_str()).setting("ssl", "on");
    builder.access(access).start().unwrap()
}

const ANY: &str = "host all all 127.0.0.1/32 trust";

/// What the server says of the connection, asked by psql: `t` with TLS, `f` without.
async fn is_encrypted(server: &TempPostgres, connected: &Connected) -> String {
    let pid: i32 = connected.client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    server.psql(&format!("SELECT ssl FROM pg_stat_ssl WHERE pid = {pid}")).unwrap()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    fs::write(folder.join(name), text).unwrap();
    folder.join(name).to_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_mode_with_each_certificate() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let mut expired = for_host("localhost");
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut early = for_host("localhost");
    early.not_before = date_time_ymd(4000, 1, 1);
    let wrong_host = CertificateParams::new(["elsewhere.example".to_owned()]).unwrap();
    let mut authority = for_host("localhost");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);

    let folder = tempfile::tempdir().unwrap();
    let root = write(folder.path(), "root.pem", &ours.pem);
    let (yes, no) = (Ok("t"), Ok("f"));
    let (old, new) = (Err("has a certificate that has expired"), Err("has a certificate that is not valid yet"));
    let (name, issuer) = (Err("has a certificate for another name"), Err("has a certificate from an unknown issuer"));
    let ca = Err("has the certificate of an authority (CA:TRUE) as its own");
    let modes = [
        "sslmode=disable".to_owned(),
        String::new(),
        "sslmode=require".to_owned(),
        format!("sslmode=require&sslrootcert={root}"),
        format!("sslmode=verify-ca&sslrootcert={root}"),
        format!("sslmode=verify-full&sslrootcert={root}"),
        format!("sslrootcert={root}"),
        "sslmode=verify-full".to_owned(),
        "sslmode=verify-full&sslrootcert=system".to_owned(),
    ];
    for (case, certificate, expected) in [
        ("good", ours.sign(&for_host("localhost")), [no, yes, yes, yes, yes, yes, yes, issuer, issuer]),
        ("expired", ours.sign(&expired), [no, yes, yes, old, old, old, old, old, old]),
        ("not valid yet", ours.sign(&early), [no, yes, yes, new, new, new, new, new, new]),
        ("wrong host", ours.sign(&wrong_host), [no, yes, yes, yes, yes, name, name, issuer, issuer]),
        ("unknown issuer", theirs.sign(&for_host("localhost")), [no, yes, yes, issuer, issuer, issuer, issuer, issuer, issuer]),
        ("an authority's", ours.sign(&authority), [no, yes, yes, ca, ca, ca, ca, ca, ca]),
    ] {
        let server = server(&certificate, ANY);
        for (mode, expected) in modes.iter().zip(expected) {
            let url = format!("postgresql://postgres:SECRET@localhost:{}/postgres?{mode}", server.port());
            match (connect(&PostgresConfig::at(&url)).await, expected) {
                (Ok(connected), Ok(expected)) => assert_eq!(is_encrypted(&server, &connected).await, expected, "{case}, {mode}"),
                (Ok(_), Err(expected)) => panic!("{case}, {mode}: connected, but should not: {expected}"),
                (Err(error), expected) => {
                    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{case}, {mode}: {error}");
                    let expected = expected.expect_err(&format!("{case}, {mode}: {error:?}"));
                    let start = format!("the server `localhost:{} (127.0.0.1)` {expected}", server.port());
                    assert!(error.to_string().starts_with(&start), "{case}, {mode}: {error}");
                    assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_address_stands_in_a_certificate_too() {
    let ours = Authority::new("ours");
    let folder = tempfile::tempdir().unwrap();
    let root = write(folder.path(), "root.pem", &ours.pem);
    let server = server(&ours.sign(&for_host("db.example")), ANY);
    let url = |host: &str| format!("postgresql://postgres@{host}:{}/postgres?sslrootcert={root}", server.port());
    let connected = connect(&PostgresConfig::at(&url("127.0.0.1"))).await.unwrap();
    assert_eq!(is_encrypted(&server, &connected).await, "t");
    assert!(connect(&PostgresConfig::at(&url("localhost"))).await.is_err());
}

/// Answers one connection with this certificate, and signs with another key.
fn impostor(certificate: &Certificate) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::from_pem_slice(KeyPair::generate().unwrap().serialize_pem().as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(certificate.pem.as_bytes()).unwrap()];
    let resolver = SingleCertAndKey::from(CertifiedKey::new(chain, key));
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_cert_resolver(Arc::new(resolver)));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).unwrap();
        stream.write_all(b"S").unwrap();
        // It fails where the client sees through it.
        let _ = ServerConnection::new(config).unwrap().complete_io(&mut stream);
    });
    port
}

/// The server's certificate is public, its key is not: no mode that demands TLS may believe who has the one alone.
#[tokio::test]
async fn a_server_without_the_key_of_its_certificate_is_refused() {
    let ours = Authority::new("ours");
    let certificate = ours.sign(&for_host("localhost"));
    let folder = tempfile::tempdir().unwrap();
    let root = write(folder.path(), "root.pem", &ours.pem);
    for mode in ["sslmode=require".to_owned(), format!("sslmode=verify-ca&sslrootcert={root}"), format!("sslrootcert={root}")] {
        let url = format!("postgresql://postgres@localhost:{}/postgres?{mode}", impostor(&certificate));
        let error = connect(&PostgresConfig::at(&url)).await.err().unwrap();
        assert!(error.to_string().contains("has a certificate with a wrong signature"), "{mode}: {error:?}");
    }
}

#[tokio::test]
async fn a_client_certificate_logs_in() {
    let ours = Authority::new("ours");
    let Certificate { pem, key } = ours.sign(&for_host("localhost"));
    let builder = TempPostgres::builder().file("server.crt", pem).file("server.key", key).file("root.crt", ours.pem.as_str());
    let server =
        builder.setting("ssl", "on").setting("ssl_ca_file", "root.crt").access("hostssl all all 127.0.0.1/32 cert").start().unwrap();
    server.psql("CREATE ROLE ada LOGIN; CREATE ROLE bob LOGIN").unwrap();

    let folder = tempfile::tempdir().unwrap();
    let ada = ours.sign(&named("ada"));
    let stranger = Authority::new("theirs").sign(&named("ada"));
    for (name, certificate) in [("ada", &ada), ("stranger", &stranger)] {
        write(folder.path(), &format!("{name}.crt"), &certificate.pem);
        write(folder.path(), &format!("{name}.key"), &certificate.key);
    }
    write(folder.path(), "root.pem", &ours.pem);
    let config = |user: &str, certificate: &str| {
        let url = format!("postgresql://{user}@localhost:{}/postgres?sslrootcert=root.pem{certificate}", server.port());
        let bind = bindery_core::config::BindConfig::new(bindery_core::BindKey::DEFAULT, url.parse().unwrap());
        PostgresConfig::new(&bind.with_folder(folder.path()))
    };
    let connected = connect(&config("ada", "&sslcert=ada.crt&sslkey=ada.key").unwrap()).await.unwrap();
    let user: String = connected.client.query_one("SELECT current_user::text", &[]).await.unwrap().get(0);
    assert_eq!((user.as_str(), is_encrypted(&server, &connected).await.as_str()), ("ada", "t"));

    for (user, certificate, kind) in [
        ("bob", "&sslcert=ada.crt&sslkey=ada.key", ErrorKind::PermissionDenied),
        ("ada", "", ErrorKind::PermissionDenied),
        ("ada", "&sslcert=stranger.crt&sslkey=stranger.key", ErrorKind::ConnectionLost),
    ] {
        let error = connect(&config(user, certificate).unwrap()).await.err().unwrap();
        assert_eq!(error.kind(), kind, "{user}{certificate}: {error:?}");
    }
    let error = config("ada", "&sslcert=ada.crt&sslkey=stranger.key").unwrap_err();
    assert!(error.problems()[0].starts_with("`sslkey` is not the key of the certificate"), "{error}");
}

#[tokio::test]
async fn prefer_goes_without_tls_where_the_server_wants_that() {
    let server = server(&Authority::new("ours").sign(&for_host("localhost")), "hostnossl all all 127.0.0.1/32 trust");
    let url = |mode: &str| format!("postgresql://postgres@localhost:{}/postgres?sslmode={mode}", server.port());
    let connected = connect(&PostgresConfig::at(&url("prefer"))).await.unwrap();
    assert_eq!(is_encrypted(&server, &connected).await, "f");
    connected.canceller.cancel().await.unwrap();
    let error = connect(&PostgresConfig::at(&url("require"))).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
}

#[tokio::test]
async fn a_statement_is_cancelled_over_tls() {
    let server = server(&Authority::new("ours").sign(&for_host("localhost")), ANY);
    let url = format!("postgresql://postgres@localhost:{}/postgres?sslmode=require", server.port());
    let connected = connect(&PostgresConfig::at(&url)).await.unwrap();
    assert_eq!(is_encrypted(&server, &connected).await, "t");
    for _ in 0..50 {
        crate::cancel::tests::cancel_and_go_on(&connected).await;
    }
}
