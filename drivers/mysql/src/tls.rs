use std::fmt;
use std::fs;

use bindery_core::config::OptionReader;
use mysql_async::{ClientIdentity, SslOpts};
use rustls::crypto::{CryptoProvider, ring};

/// `ssl_mode`, in the words of MySQL's own `--ssl-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SslMode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

impl SslMode {
    const WORDS: [(&str, SslMode); 5] = [
        ("disabled", SslMode::Disabled),
        ("preferred", SslMode::Preferred),
        ("required", SslMode::Required),
        ("verify_ca", SslMode::VerifyCa),
        ("verify_identity", SslMode::VerifyIdentity),
    ];
}

/// How the connections of a bind are encrypted.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) mode: SslMode,
    /// none with `disabled`
    pub(crate) options: Option<SslOpts>,
}

impl Tls {
    /// The options of a bind that begin with `ssl`; their files are read now, once.
    ///
    /// Nothing is encrypted on a socket of this machine: the client library would ask the server for it, and not do it.
    pub(crate) fn read(reader: &mut OptionReader<'_>, is_local: bool) -> Tls {
        let ca = reader.text("ssl_ca");
        // Who names a root wants it used.
        let default = if ca.is_some() { SslMode::VerifyIdentity } else { SslMode::Preferred };
        let mode = reader.word("ssl_mode", &SslMode::WORDS).unwrap_or(default);
        let verifies = matches!(mode, SslMode::VerifyCa | SslMode::VerifyIdentity);
        if ca.is_some() && !verifies {
            reader.problem("`ssl_ca` has no effect with this `ssl_mode`: make that `verify_identity` or `verify_ca`");
        }
        if ca.is_none() && mode == SslMode::VerifyCa {
            // Anyone can have a certificate from one of the system's authorities.
            reader.problem("`ssl_mode` is `verify_ca`, which needs a file in `ssl_ca`: without one, make it `verify_identity`");
        }
        let identity = client_identity(reader);
        if mode == SslMode::Disabled {
            if identity.is_some() {
                reader.problem("`ssl_cert` has no effect with `ssl_mode` `disabled`");
            }
            return Tls { mode, options: None };
        }
        if is_local {
            return Tls { mode: SslMode::Disabled, options: None };
        }
        install_provider();
        let options = SslOpts::default().with_client_identity(identity).with_disable_built_in_roots(verifies);
        let options = if verifies {
            let roots = roots(reader, ca).into_iter().map(Into::into).collect();
            let options = options.with_root_certs(roots);
            if mode == SslMode::VerifyCa { of_any_name(options) } else { options }
        } else {
            options.with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true)
        };
        Tls { mode, options: Some(options) }
    }
}

/// The client library finds out by the text of an error that a certificate is for another name, and looks for a word that rustls does not say any
/// more; but that names the name which it looked for. No server is asked by it: MySQL has one certificate.
fn of_any_name(options: SslOpts) -> SslOpts {
    options.with_danger_skip_domain_validation(true).with_danger_tls_hostname_override(Some("NotValidForName"))
}

/// The client library asks rustls for the process' own cryptography, and rustls panics where several are compiled in and none was chosen.
fn install_provider() {
    if CryptoProvider::get_default().is_none() {
        // Another may have been quicker: then that one is the process' own.
        let _ = ring::default_provider().install_default();
    }
}

/// The roots of a file, in PEM, else of the system, each in DER.
fn roots(reader: &mut OptionReader<'_>, file: Option<String>) -> Vec<Vec<u8>> {
    match file {
        Some(file) => read(reader, "ssl_ca", &file).into_iter().collect(),
        None => {
            let roots = rustls_native_certs::load_native_certs().certs;
            if roots.is_empty() {
                reader.problem("this system has no root certificates: give `ssl_ca` a file, or install them (`ca-certificates`)");
            }
            roots.into_iter().map(|root| root.to_vec()).collect()
        }
    }
}

fn client_identity(reader: &mut OptionReader<'_>) -> Option<ClientIdentity> {
    match (reader.text("ssl_cert"), reader.text("ssl_key")) {
        (Some(certificate), Some(key)) => {
            let (certificate, key) = (read(reader, "ssl_cert", &certificate), read(reader, "ssl_key", &key));
            Some(ClientIdentity::new(certificate?.into(), key?.into()))
        }
        (None, None) => None,
        _ => {
            reader.problem("`ssl_cert` and `ssl_key` belong together: one of them is missing");
            None
        }
    }
}

fn read(reader: &mut OptionReader<'_>, name: &'static str, file: &str) -> Option<Vec<u8>> {
    match fs::read(reader.bind().folder().join(file)) {
        Ok(contents) => Some(contents),
        Err(error) => {
            reader.problem(format!("`{name}`: its file can't be read: {error}"));
            None
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mode.fmt(f)
    }
}

#[cfg(test)]
mod tests;
