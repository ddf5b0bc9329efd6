use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use bindery_core::config::{BindConfig, OptionReader};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

/// libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SslMode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    const WORDS: [(&str, SslMode); 5] = [
        ("disable", SslMode::Disable),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];
}

/// How the connections of a bind are encrypted.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) mode: SslMode,
    /// none with `disable`
    pub(crate) connector: Option<MakeRustlsConnect>,
}

/// What is verified of a server's certificate.
enum Verify {
    Nothing,
    Chain(RootCertStore),
    ChainAndName(RootCertStore),
}

impl Tls {
    /// The options of a bind that begin with `ssl`; their files are read now, once.
    pub(crate) fn read(reader: &mut OptionReader<'_>) -> Tls {
        let roots = reader.text("sslrootcert");
        // Who names a root wants it used.
        let default = if roots.is_some() { SslMode::VerifyFull } else { SslMode::Prefer };
        let mode = reader.word("sslmode", &SslMode::WORDS).unwrap_or(default);
        let is_system = roots.as_deref() == Some("system");
        match (mode, &roots) {
            (SslMode::Disable | SslMode::Prefer, Some(_)) => {
                reader.problem("`sslrootcert` has no effect with this `sslmode`: make that `verify-full`, `verify-ca` or `require`");
            }
            (SslMode::Require | SslMode::VerifyCa, Some(_)) if is_system => {
                // Anyone can have a certificate from one of the system's authorities.
                reader.problem("`sslrootcert=system` needs `sslmode=verify-full`");
            }
            (SslMode::VerifyCa, None) => {
                reader.problem("`sslmode=verify-ca` needs a file in `sslrootcert`: without one, make it `verify-full`");
            }
            _ => {}
        }
        let client = client_certificate(reader);
        if mode == SslMode::Disable && client.is_some() {
            reader.problem("`sslcert` has no effect with `sslmode=disable`");
        }
        let file = roots.filter(|_| !is_system);
        let verify = match mode {
            SslMode::Disable => None,
            SslMode::Prefer => Some(Verify::Nothing),
            SslMode::Require if file.is_none() => Some(Verify::Nothing),
            // One that has no file is refused already.
            SslMode::VerifyCa if file.is_none() => None,
            SslMode::Require | SslMode::VerifyCa => root_store(reader, file).map(Verify::Chain),
            SslMode::VerifyFull => root_store(reader, file).map(Verify::ChainAndName),
        };
        let config = verify.and_then(|verify| client_config(verify, client).map_err(|problem| reader.problem(problem)).ok());
        Tls { mode, connector: config.map(MakeRustlsConnect::new) }
    }

    /// tokio-postgres' part of the mode: whether there is TLS.
    pub(crate) fn negotiation(&self) -> tokio_postgres::config::SslMode {
        match self.mode {
            SslMode::Disable => tokio_postgres::config::SslMode::Disable,
            SslMode::Prefer => tokio_postgres::config::SslMode::Prefer,
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => tokio_postgres::config::SslMode::Require,
        }
    }
}

/// The roots of a file, else of the system; `None` where there is a problem.
fn root_store(reader: &mut OptionReader<'_>, file: Option<String>) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            reader.problem("this system has no root certificates: give `sslrootcert` a file, or install them (`ca-certificates`)");
            return None;
        }
        return Some(roots);
    };
    for certificate in certificates(reader, "sslrootcert", &file)? {
        if roots.add(certificate).is_err() {
            reader.problem("`sslrootcert`: a certificate of its file is malformed");
            return None;
        }
    }
    Some(roots)
}

type ClientCertificate = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn client_certificate(reader: &mut OptionReader<'_>) -> Option<ClientCertificate> {
    match (reader.text("sslcert"), reader.text("sslkey")) {
        (Some(certificate), Some(key)) => {
            let certificates = certificates(reader, "sslcert", &certificate);
            let key = PrivateKeyDer::from_pem_file(reader.bind().folder().join(key));
            let key = key.map_err(|error| reader.problem(unreadable("sslkey", "a private key without a passphrase", &error))).ok()?;
            Some((certificates?, key))
        }
        (None, None) => None,
        _ => {
            reader.problem("`sslcert` and `sslkey` belong together: one of them is missing");
            None
        }
    }
}

/// The certificates of a PEM file, at least one; `None` where there is a problem.
fn certificates(reader: &mut OptionReader<'_>, name: &str, file: &str) -> Option<Vec<CertificateDer<'static>>> {
    let read = |bind: &BindConfig| -> Result<Vec<_>, PemError> {
        let certificates: Vec<_> = CertificateDer::pem_file_iter(bind.folder().join(file))?.collect::<Result<_, _>>()?;
        if certificates.is_empty() { Err(PemError::NoItemsFound) } else { Ok(certificates) }
    };
    read(reader.bind()).map_err(|error| reader.problem(unreadable(name, "a certificate", &error))).ok()
}

fn unreadable(name: &str, what: &str, error: &PemError) -> String {
    match error {
        PemError::Io(error) => format!("`{name}`: its file can't be read: {error}"),
        PemError::NoItemsFound => format!("`{name}`: its file doesn't contain {what} in PEM form"),
        _ => format!("`{name}`: its file is not well-formed PEM"),
    }
}

fn client_config(verify: Verify, client: Option<ClientCertificate>) -> Result<ClientConfig, &'static str> {
    // Named, not the process-wide default: that is the application's to choose.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().map_err(|_| "rustls has no protocol version in common with itself")?;
    let builder = match verify {
        Verify::Nothing => builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyName { roots: None, provider })),
        Verify::Chain(roots) => builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyName { roots: Some(roots), provider })),
        Verify::ChainAndName(roots) => match WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build() {
            Ok(verifier) => builder.with_webpki_verifier(verifier),
            Err(_) => return Err("`sslmode=verify-full` needs a root certificate"),
        },
    };
    match client {
        None => Ok(builder.with_no_client_auth()),
        Some((certificates, key)) => builder
            .with_client_auth_cert(certificates, key)
            .map_err(|_| "`sslkey` is not the key of the certificate in `sslcert`, or of a kind that rustls doesn't have"),
    }
}

/// Takes a certificate for any name: every one without roots, one with a chain to a root where there are roots.
///
/// The signature of the handshake is verified in either case: the server has the key of the certificate that it shows.
#[derive(Debug)]
struct AnyName {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let algorithms = self.provider.signature_verification_algorithms.all;
            let certificate = ParsedCertificate::try_from(end_entity)?;
            verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The name to tell the server and to look for in its certificate: of a host that has none in DNS's terms, its address.
pub(crate) fn server_name(host: &str, address: IpAddr) -> String {
    if ServerName::try_from(host).is_ok() { host.to_owned() } else { address.to_string() }
}

/// What rustls found wrong, where it is the cause of this error.
pub(crate) fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        // `source()` of an `io::Error` skips what it wraps.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = error.downcast_ref().or_else(|| wrapped?.downcast_ref()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Says it of the server, with the option that decides it.
pub(crate) fn explain(error: &rustls::Error) -> &'static str {
    use CertificateError as Certificate;
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return match error {
            rustls::Error::AlertReceived(_) => "broke off the TLS handshake (does it want another client certificate, `sslcert`?)",
            _ => "failed in the TLS handshake",
        };
    };
    match certificate {
        Certificate::Expired | Certificate::ExpiredContext { .. } => "has a certificate that has expired",
        Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => "has a certificate that is not valid yet",
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
            "has a certificate for another name, which `sslmode=verify-full` refuses \
             (the name is looked for among its subject alternative names only)"
        }
        Certificate::BadSignature => {
            "has a certificate with a wrong signature: it is not from the issuer that it names, or the server doesn't have its key"
        }
        Certificate::UnknownIssuer => {
            "has a certificate from an unknown issuer: its root must be in `sslrootcert`, or in the system's store without that option"
        }
        Certificate::Other(other) if other.to_string() == "CaUsedAsEndEntity" => {
            "has the certificate of an authority (CA:TRUE) as its own, which is not accepted: give it one that the authority has signed"
        }
        _ => "has a certificate that is not acceptable",
    }
}

#[cfg(test)]
mod tests;
