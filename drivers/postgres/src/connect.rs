use bindery_core::Result;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_postgres::{Client, Connection, NoTls, Socket};

use crate::cancel::Canceller;
use crate::config::PostgresConfig;
use crate::connect_failure::{ConnectFailure, report};
use crate::drive_task::DriveTask;
use crate::hosts::{Address, Host};
use crate::notifications::Notifications;
use crate::peer::Peer;
use crate::target::Target;
use crate::tls::{self, SslMode};

/// A connection that a server has accepted and that is set up; a task of its own drives it until `client` is dropped.
pub(crate) struct Connected {
    pub(crate) client: Client,
    pub(crate) peer: Peer,
    pub(crate) canceller: Canceller,
    pub(crate) notifications: Notifications,
    pub(crate) driver: DriveTask,
}

/// What must hold whatever the settings of role, database and server are, and why. Parameters that every server reports, so that a
/// session that has them already costs no round trip, and that pgbouncer keeps for each of its clients.
const SETUP: [(&str, &str, &[&str]); 2] = [
    // `current_date`, and casts between timestamps with and without a zone, are the same on every bind.
    ("TimeZone", "UTC", &["UTC", "Etc/UTC"]),
    // A backslash in a literal of the SQL builder is a backslash.
    ("standard_conforming_strings", "on", &["on"]),
];

/// Connects to the first server that accepts the connection and is what `target_session_attrs` asks for.
///
/// Each address of each host has `connect_timeout` for itself. A server that refuses the login, the database or the settings ends the
/// search: the others would not be right where this one is wrong.
///
/// # Errors
/// [`PermissionDenied`](bindery_core::ErrorKind::PermissionDenied), [`Configuration`](bindery_core::ErrorKind::Configuration) for a
/// database or settings that the server doesn't have, else [`ConnectionLost`](bindery_core::ErrorKind::ConnectionLost); each names
/// the hosts that were tried and what was wrong with each.
pub(crate) async fn connect(config: &PostgresConfig) -> Result<Connected> {
    let mut failures = Vec::new();
    for &target in config.target.passes() {
        failures.clear();
        let mut hosts: Vec<&Host> = config.hosts.iter().collect();
        config.load_balance.order(&mut hosts);
        for host in hosts {
            let mut addresses = match timeout(config.pool().connect_timeout, host.addresses()).await {
                Ok(Ok(addresses)) => addresses,
                Ok(Err(error)) => {
                    failures.push((host.to_string(), ConnectFailure::unresolved(error)));
                    continue;
                }
                Err(_) => {
                    failures.push((host.to_string(), ConnectFailure::late(config.pool().connect_timeout)));
                    continue;
                }
            };
            config.load_balance.order(&mut addresses);
            for address in addresses {
                match attempt(config, host, &address, target).await {
                    Ok(connected) => return Ok(connected),
                    Err(failure) => {
                        let is_final = failure.is_final();
                        failures.push((host.at(&address), failure));
                        if is_final {
                            return Err(report(failures));
                        }
                    }
                }
            }
        }
    }
    Err(report(failures))
}

/// One address, within `connect_timeout`.
async fn attempt(config: &PostgresConfig, host: &Host, address: &Address, target: Target) -> Result<Connected, ConnectFailure> {
    let limit = config.pool().connect_timeout;
    let connecting = async {
        let connected = match open(config, host, address, config.tls.mode).await {
            // As libpq: with `prefer`, a server that has TLS and doesn't let this client use it is asked without.
            Err(error) if config.tls.mode == SslMode::Prefer && ConnectFailure::blames_tls(&error) => {
                open(config, host, address, SslMode::Disable).await
            }
            opened => opened,
        }?;
        let objection = target.check(&connected.client).await?;
        Ok((connected, objection))
    };
    match timeout(limit, connecting).await {
        Ok(Ok((connected, None))) => Ok(connected),
        Ok(Ok((_, Some(reason)))) => Err(ConnectFailure::unwanted(reason)),
        Ok(Err(error)) => Err(ConnectFailure::from_postgres(error, config)),
        Err(_) => Err(ConnectFailure::late(limit)),
    }
}

/// Opens the connection, spawns what drives it, and sets the session up.
async fn open(config: &PostgresConfig, host: &Host, address: &Address, mode: SslMode) -> Result<Connected, tokio_postgres::Error> {
    let mut settings = config.settings.clone();
    let tls = match address {
        Address::Tcp(tcp) => {
            // Beside the address, the name is that of the certificate alone.
            let name = tls::server_name(&host.name, tcp.ip());
            settings.host(&name).hostaddr(tcp.ip()).port(tcp.port());
            config.tls.connector.clone().filter(|_| mode != SslMode::Disable).map(|connector| (connector, name))
        }
        Address::Unix(folder, port) => {
            // On a platform without such sockets the configuration has refused it.
            #[cfg(unix)]
            settings.host_path(folder);
            settings.port(*port);
            None
        }
    };
    let notifications = Notifications::default();
    let peer = Peer::new(host.at(address));
    let (client, setup, driver) = match &tls {
        None => {
            settings.ssl_mode(tokio_postgres::config::SslMode::Disable);
            let (client, connection) = settings.connect(NoTls).await?;
            let setup = setup(&connection, config.settings.get_options());
            let driver = DriveTask::new(tokio::spawn(notifications.clone().drive(connection, peer.clone())).abort_handle());
            (client, setup, driver)
        }
        Some((connector, _)) => {
            settings.ssl_mode(config.tls.negotiation());
            let (client, connection) = settings.connect(connector.clone()).await?;
            let setup = setup(&connection, config.settings.get_options());
            let driver = DriveTask::new(tokio::spawn(notifications.clone().drive(connection, peer.clone())).abort_handle());
            (client, setup, driver)
        }
    };
    if let Some(setup) = setup {
        client.batch_execute(&setup).await?;
    }
    let token = client.cancel_token();
    let canceller = Canceller { token, address: address.clone(), tls, timeout: config.pool().connect_timeout };
    Ok(Connected { client, peer, canceller, notifications, driver })
}

/// The statements that set up what the server reports otherwise; what the bind's own `options` name is left to them.
fn setup<T>(connection: &Connection<Socket, T>, options: Option<&str>) -> Option<String>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let options = options.unwrap_or_default().to_ascii_lowercase();
    let statements: Vec<_> = SETUP
        .iter()
        .filter(|(name, _, right)| !connection.parameter(name).is_some_and(|value| right.contains(&value)))
        .filter(|(name, ..)| !options.contains(&name.to_ascii_lowercase()))
        .map(|(name, value, _)| format!("SET {name} = '{value}'"))
        .collect();
    (!statements.is_empty()).then(|| statements.join("; "))
}

#[cfg(test)]
mod tests;
